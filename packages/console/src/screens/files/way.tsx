import { Group } from '@mantine/core';
import { TextLink } from '../../parts/page/link.tsx';
import { crumbsOf, shownName } from '../../parts/records/snapshot-paths.ts';

/** From the root to the folder that is shown. */
export function Way({ snapshot, path }: { readonly snapshot: string; readonly path: string }) {
  const crumbs = crumbsOf(path);
  return (
    <nav aria-label="Folder">
      <Group component="ol" gap={6} className="plain">
        {crumbs.map((crumb, index) => (
          <Group component="li" key={crumb.path} gap={6} wrap="nowrap" className="breakable">
            {index > 1 ? <span aria-hidden>/</span> : null}
            <TextLink
              to="/snapshots/$snapshot/files"
              params={{ snapshot }}
              search={{ path: crumb.path }}
              aria-current={index === crumbs.length - 1 ? 'page' : undefined}
              aria-label={index === 0 ? 'The root of the snapshot' : undefined}
            >
              <bdi>{shownName(crumb.name)}</bdi>
            </TextLink>
          </Group>
        ))}
      </Group>
    </nav>
  );
}
