/** Snapshots in groups. */
export {
  describeGroup,
  groupSnapshots,
  InvalidGroupByError,
  type SnapshotGroup,
  type SnapshotGroupKey,
} from '../store/snapshots/snapshot-groups.ts';
