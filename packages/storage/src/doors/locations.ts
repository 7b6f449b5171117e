/** How places are spelled. */
export { checkLocation } from '../check-location.ts';
export { parseRestLocation } from '../rest/rest-location.ts';
export { isAmazon, parseS3Location, regionOf } from '../s3/s3-location.ts';
export { parseSftpLocation } from '../sftp/sftp-location.ts';
