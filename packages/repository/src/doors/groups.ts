/** Snapshots in groups. */
export {
  describeGroup,
  groupSnapshots,
  InvalidGroupByError,
  type SnapshotGroup,
  type SnapshotGroupKey,
} from '../maintain/snapshot-groups.ts';
