/** How fast, by the time of day. */
export { BandwidthSchedule } from '../transfer/bandwidth-schedule.ts';
