/**
 * Starts worker threads that take their compiled code from the same cache as this thread. Node gives a thread none of
 * its own accord, and a thread that has to strip types itself takes 17 MB and 40 ms for that.
 */
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * `file`: the path of a module beside `from` (an `import.meta.filename`), without its extension: the sources run as
 * they are, and compiled when published.
 */
export function startThread(from: string, file: string, options: WorkerOptions): Worker {
  const module = new URL(`${file}${extname(from)}`, pathToFileURL(from));
  const cache = getCompileCacheDir();
  if (cache === undefined) return new Worker(module, options);
  // The folder of this version of Node lies in the one that was asked for.
  const folder = JSON.stringify(dirname(cache));
  const code = `require('node:module').enableCompileCache(${folder}); import(${JSON.stringify(module.href)});`;
  return new Worker(code, { ...options, eval: true });
}
