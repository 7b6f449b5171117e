import { useMay } from '../../api/caller.ts';
import { TextLink } from '../page/link.tsx';

/** A snapshot by its id, and the way into its files for who may look. */
export function SnapshotLink({ id }: { readonly id: string }) {
  const may = useMay();
  const short = <code>{id.slice(0, 16)}</code>;
  if (!may('snapshots.read')) return short;
  return (
    <>
      {short}{' '}
      <TextLink to="/snapshots/$snapshot/files" params={{ snapshot: id }} underline="always">
        Its files
      </TextLink>
    </>
  );
}
