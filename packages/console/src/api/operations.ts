/**
 * The API as its OpenAPI document tells it. Made by `node packages/server/src/api/document/write-client-types.ts`; a test
 * compares it with the document.
 */

export type Status = {
  readonly "title": string;
  readonly "generatedAt": string;
  readonly "state": "operational" | "degraded" | "outage" | "unknown";
  readonly "summary": string;
  /** Whether the platform itself watches; when it does not, nothing else is certain */
  readonly "watching": {
    readonly "alive": boolean;
    readonly "lastSignAt"?: string | undefined;
  };
  readonly "services": readonly (ServiceReport)[];
  /** What is promised of no single service */
  readonly "general": readonly (PromiseReport)[];
  /** Open ones first, then those of the last 90 days */
  readonly "incidents": readonly ({
    readonly "id": number;
    readonly "title": string;
    readonly "state": "investigating" | "identified" | "monitoring" | "resolved";
    readonly "impact": "degraded" | "outage";
    /** Slugs */
    readonly "services": readonly (string)[];
    readonly "openedAt": string;
    readonly "resolvedAt"?: string | undefined;
    readonly "estimate"?: {
      readonly "seconds": number;
      /** Absent while no restore has begun */
      readonly "expectedBackAt"?: string | undefined;
      /** What was measured to know it */
      readonly "basis": string;
    } | undefined;
    readonly "restoreBeganAt"?: string | undefined;
    readonly "updates": readonly ({
      readonly "at": string;
      readonly "state": "investigating" | "identified" | "monitoring" | "resolved";
      readonly "text": string;
    })[];
  })[];
  readonly "promises": {
    readonly "kept": number;
    readonly "at-risk": number;
    readonly "broken": number;
    readonly "unknown": number;
  };
  readonly "repositories": readonly (RepositoryReport)[];
};

export type ServiceReport = {
  readonly "slug": string;
  readonly "name": string;
  readonly "criticality": "critical" | "high" | "normal" | "low";
  readonly "state": "operational" | "degraded" | "outage" | "unknown";
  readonly "changedUnusually"?: true | undefined;
  readonly "since"?: string | undefined;
  readonly "rpoSeconds": number;
  readonly "rtoSeconds": number;
  /** 90 days, today last; `none`: nothing was observed */
  readonly "days": readonly ({
    readonly "day": string;
    readonly "state": "ok" | "degraded" | "outage" | "none";
    readonly "upSeconds": number;
    readonly "downSeconds": number;
  })[];
  /** Share of the observed time, 0 to 1 */
  readonly "uptime"?: number | undefined;
  readonly "observedSeconds": number;
  readonly "sources": readonly (SourceReport)[];
  readonly "promises": readonly (PromiseReport)[];
  /** Due times that were met late or not at all, the newest first, at most 20 */
  readonly "lapses": readonly ({
    readonly "source": string;
    readonly "of": "backup" | "drill";
    readonly "kind": "late" | "missed" | "overlap" | "clock";
    readonly "firstDueAt": string;
    readonly "lastDueAt": string;
    readonly "count": number;
    readonly "reason": string;
  })[];
};

export type SourceReport = {
  readonly "name": string;
  readonly "kind": "files" | "sqlite" | "postgresql";
  readonly "state": "ok" | "unreachable" | "damaged" | "unknown";
  readonly "checkedAt"?: string | undefined;
  readonly "schedule"?: string | undefined;
  /** When it is backed up next */
  readonly "nextDueAt"?: string | undefined;
  /** When its restore is rehearsed next */
  readonly "nextDrillAt"?: string | undefined;
  readonly "lastBackup"?: {
    readonly "recoveryPointAt": string;
    readonly "bytesRead": number;
    readonly "bytesStored": number;
    readonly "snapshotId": string;
  } | undefined;
  /** Snapshots that stay because forgetting them looked like a mistake or an attack */
  readonly "heldHistory"?: {
    readonly "at": string;
    readonly "snapshots": number;
    readonly "of": number;
    readonly "reasons": readonly ({
      readonly "code": string;
      readonly "sentence": string;
    })[];
  } | undefined;
};

/** A promise, with its changes of the last 90 days */
export type PromiseReport = {
  readonly "kind": string;
  readonly "source"?: string | undefined;
  readonly "sentence": string;
  readonly "state": "kept" | "at-risk" | "broken" | "unknown";
  readonly "since": string;
  readonly "evidence": {
    readonly "text": string;
    readonly "sentence": readonly (string | {
      readonly "at": string;
      readonly "form"?: "clock" | undefined;
    })[];
    readonly "observedAt"?: string | undefined;
    readonly "facts": Readonly<Record<string, string | number | boolean>>;
  };
  readonly "history": readonly ({
    readonly "at": string;
    readonly "from": "kept" | "at-risk" | "broken" | "unknown";
    readonly "to": "kept" | "at-risk" | "broken" | "unknown";
    readonly "text": string;
    readonly "sentence": readonly (string | {
      readonly "at": string;
      readonly "form"?: "clock" | undefined;
    })[];
  })[];
};

/** Where the backups lie; the primary repository first */
export type RepositoryReport = {
  readonly "role": "primary" | "off-site";
  /** Of an off-site one: its name in the configuration */
  readonly "name"?: string | undefined;
  /** For people */
  readonly "place"?: string | undefined;
  /** Of an off-site one; `unknown` is never good */
  readonly "state"?: "up-to-date" | "behind" | "failing" | "unknown" | undefined;
  /** Everything up to then is there */
  readonly "upTo"?: string | undefined;
  /** Backups that are not there yet, and the bytes they stored */
  readonly "behind"?: {
    readonly "runs": number;
    readonly "bytes": number;
  } | undefined;
  readonly "lastSuccessAt"?: string | undefined;
  /** Objects that stay there because much went missing here at once */
  readonly "held"?: number | undefined;
  readonly "recoveryKit"?: RecoveryKit | undefined;
};

/** Whether the kits were proved and still fit; nothing of what they hold */
export type RecoveryKit = {
  readonly "state": "kept" | "at-risk" | "broken" | "unknown";
  readonly "trouble"?: "never-made" | "never-verified" | "stale" | "verified-long-ago" | "unreadable" | undefined;
  readonly "madeAt"?: string | undefined;
  /** When somebody restored with nothing but the kits */
  readonly "verifiedAt"?: string | undefined;
};

export type Problem = {
  /** Where the reference explains the code */
  readonly "type": string;
  readonly "title": string;
  readonly "status": number;
  readonly "detail": string;
  /** Stable */
  readonly "code": string;
  /** What can be done about it */
  readonly "advice"?: string | undefined;
  /** By field: `body.name`, `query.limit` */
  readonly "errors"?: readonly ({
    readonly "field": string;
    readonly "detail": string;
    /** In a file that was sent, as is the column */
    readonly "line"?: number | undefined;
    readonly "column"?: number | undefined;
  })[] | undefined;
};

export type Settings = {
  /** Of the process that answers */
  readonly "role": "all" | "web" | "worker";
  /** Where the public page is listened for */
  readonly "listen": {
    readonly "host": string;
    readonly "port": number;
  };
  readonly "publicUrl"?: string | undefined;
  readonly "console": {
    readonly "listen": {
      readonly "host": string;
      readonly "port": number;
    };
    readonly "url"?: string | undefined;
    /** Who may reach it; absent: all */
    readonly "allowFrom"?: readonly (string)[] | undefined;
    /** Web servers in front that say who asks */
    readonly "trustedProxies": readonly (string)[];
  };
  readonly "database": {
    readonly "kind": "sqlite" | "postgresql";
    readonly "host"?: string | undefined;
    readonly "port"?: number | undefined;
    readonly "database"?: string | undefined;
  };
  readonly "repository": {
    /** Without user and password */
    readonly "location": string;
    /** For people */
    readonly "place"?: string | undefined;
    /** Layers of encryption around one that is made from now on; one that exists stays as it is */
    readonly "layers": "all" | "none";
  };
  readonly "offsite": readonly ({
    readonly "name": string;
    /** Without user and password */
    readonly "location": string;
    /** For people */
    readonly "place"?: string | undefined;
    /** Layers of encryption around one that is made from now on; one that exists stays as it is */
    readonly "layers": "all" | "none";
    /** What the primary forgot so long ago is removed; absent: never */
    readonly "keepDeletedSeconds"?: number | undefined;
    /** Object locks last so long */
    readonly "retainSeconds"?: number | undefined;
    /** So old a copy may be; absent: twice the source's recovery point objective */
    readonly "maxAgeSeconds"?: number | undefined;
    readonly "limitUpload"?: string | undefined;
    readonly "limitDownload"?: string | undefined;
    /** Everything is read again after it was sent */
    readonly "verify": boolean;
  })[];
  /** Snapshots of a source that are kept */
  readonly "retention": {
    readonly "keepLast": number;
    readonly "keepHourly": number;
    readonly "keepDaily": number;
    readonly "keepWeekly": number;
    readonly "keepMonthly": number;
    readonly "keepYearly": number;
  };
  /** How long the audit log is kept, and legal holds; absent: without end */
  readonly "audit"?: {
    readonly "keepSeconds": number;
    readonly "hold": readonly (string)[];
  } | undefined;
  readonly "signIn": {
    /** The identity provider by which members sign in */
    readonly "oidc"?: {
      readonly "issuer": string;
      readonly "name": string;
      /** Absent: all */
      readonly "allowedDomains"?: readonly (string)[] | undefined;
      /** Passwords and passkeys sign owners in alone */
      readonly "required": boolean;
    } | undefined;
  };
  /** Of the page and the console; absent: they are served without TLS */
  readonly "tls"?: {
    /** It comes from files, or from an authority by ACME */
    readonly "certificate": "files" | "acme";
    readonly "redirectFrom"?: {
      readonly "host": string;
      readonly "port": number;
    } | undefined;
  } | undefined;
  readonly "vault": {
    /** A key file, or a program that has the key */
    readonly "key": "file" | "command";
  };
  /** The server that mails are handed to; absent: no mail is sent */
  readonly "mail"?: {
    readonly "server": string;
    readonly "port": number;
    readonly "tls": "implicit" | "starttls" | "none";
    readonly "from": string;
  } | undefined;
  /** Addresses of sources that are reached besides the usual ones, and never */
  readonly "network": {
    readonly "allow": readonly (string)[];
    readonly "deny": readonly (string)[];
  };
  /** What one key, or one session, may send */
  readonly "api": {
    readonly "requestsPerSecond": number;
    readonly "burst": number;
  };
  readonly "page": {
    readonly "title": string;
  };
  readonly "monitoring": {
    readonly "intervalSeconds": number;
  };
  readonly "schedules": {
    /** A run that starts later than this is a late one */
    readonly "graceSeconds": number;
  };
  readonly "jobs": {
    /** A job whose worker is silent for so long goes to another */
    readonly "leaseSeconds": number;
  };
  readonly "log": {
    readonly "level": string;
  };
};

export type Service = {
  readonly "id": string;
  readonly "slug": string;
  readonly "name": string;
  /** How much depends on it */
  readonly "criticality": "critical" | "high" | "normal" | "low";
  /** Recovery point objective: at most so much work may be lost */
  readonly "rpoSeconds": number;
  /** Recovery time objective: back within this time */
  readonly "rtoSeconds": number;
  /** A restore is rehearsed again within this time */
  readonly "rehearseSeconds": number;
  readonly "createdAt": string;
};

/** Objectives that are absent are those of the criticality */
export type NewService = {
  readonly "name": string;
  /** Lowercase letters, digits, dashes; default: of the name */
  readonly "slug"?: string | undefined;
  /** How much depends on it */
  readonly "criticality": "critical" | "high" | "normal" | "low";
  /** Recovery point objective: at most so much work may be lost */
  readonly "rpoSeconds"?: number | undefined;
  /** Recovery time objective: back within this time */
  readonly "rtoSeconds"?: number | undefined;
  /** A restore is rehearsed again within this time */
  readonly "rehearseSeconds"?: number | undefined;
};

/** What is absent stays as it is */
export type ServiceChanges = {
  readonly "name"?: string | undefined;
  /** How much depends on it */
  readonly "criticality"?: "critical" | "high" | "normal" | "low" | undefined;
  /** Recovery point objective: at most so much work may be lost */
  readonly "rpoSeconds"?: number | undefined;
  /** Recovery time objective: back within this time */
  readonly "rtoSeconds"?: number | undefined;
  /** A restore is rehearsed again within this time */
  readonly "rehearseSeconds"?: number | undefined;
};

export type Source = {
  readonly "id": string;
  readonly "serviceId": string;
  readonly "kind": "files" | "sqlite" | "postgresql";
  readonly "name": string;
  /** Without a password */
  readonly "location": string;
  readonly "options": {
    /** Files: patterns in restic's language */
    readonly "excludes"?: readonly (string)[] | undefined;
    readonly "oneFileSystem"?: boolean | undefined;
    /** Files: more paths than `location` */
    readonly "paths"?: readonly (string)[] | undefined;
    /** PostgreSQL: a server for the scratch databases of drills */
    readonly "scratchServer"?: string | undefined;
  };
  /** When backups run; absent: only on demand */
  readonly "schedule"?: string | undefined;
  /** When restores are rehearsed; absent: only on demand */
  readonly "drillSchedule"?: string | undefined;
  /** Its own objective, else its service's */
  readonly "rpoSeconds": number;
  readonly "ownRpoSeconds"?: number | undefined;
  readonly "createdAt": string;
};

export type NewSource = {
  /** Id or slug */
  readonly "serviceId": string;
  readonly "kind": "files" | "sqlite" | "postgresql";
  readonly "name": string;
  /** An absolute path, or postgres://user@host:port/database */
  readonly "location": string;
  readonly "options"?: {
    /** Files: patterns in restic's language */
    readonly "excludes"?: readonly (string)[] | undefined;
    readonly "oneFileSystem"?: boolean | undefined;
    /** Files: more paths than `location` */
    readonly "paths"?: readonly (string)[] | undefined;
    /** PostgreSQL: a server for the scratch databases of drills */
    readonly "scratchServer"?: string | undefined;
  } | undefined;
  readonly "schedule"?: string | undefined;
  /** Absent: that of the service's criticality; null: only on demand */
  readonly "drillSchedule"?: string | null | undefined;
  readonly "rpoSeconds"?: number | undefined;
  /** Sealed in the vault; never sent back */
  readonly "password"?: string | undefined;
  /** Sealed in the vault; never sent back */
  readonly "scratchPassword"?: string | undefined;
};

/** What is absent stays as it is */
export type SourceChanges = {
  readonly "serviceId"?: string | undefined;
  readonly "location"?: string | undefined;
  /** Each that is given replaces the one that was; null takes it away */
  readonly "options"?: {
    readonly "excludes"?: readonly (string)[] | null | undefined;
    readonly "oneFileSystem"?: boolean | null | undefined;
    readonly "paths"?: readonly (string)[] | null | undefined;
    readonly "scratchServer"?: string | null | undefined;
  } | undefined;
  readonly "schedule"?: string | null | undefined;
  readonly "drillSchedule"?: string | null | undefined;
  readonly "rpoSeconds"?: number | null | undefined;
  /** Sealed in the vault; never sent back */
  readonly "password"?: string | undefined;
  /** Sealed in the vault; never sent back */
  readonly "scratchPassword"?: string | undefined;
};

/** What a source lacks that its last backup has, or why a backup of it is suspicious */
export type UnsettledChange = {
  readonly "id": number;
  readonly "sourceId": string;
  /** When it was seen first */
  readonly "startedAt": string;
  /** What the source is compared with: the last snapshot from before */
  readonly "referenceSnapshotId"?: string | undefined;
  readonly "findings": readonly ({
    readonly "kind": "unreachable" | "missing" | "shrunk" | "suspicious";
    readonly "object": string;
    readonly "summary": string;
  })[];
};

export type ChangeAcceptance = {
  /** Why it was meant, for the audit log */
  readonly "reason": string;
};

/** One attempt at a backup of one source */
export type Run = {
  readonly "id": number;
  readonly "sourceId": string;
  readonly "jobId": number;
  readonly "state": "running" | "succeeded" | "failed" | "cancelled" | "interrupted";
  readonly "reason": string;
  readonly "startedAt": string;
  readonly "finishedAt"?: string | undefined;
  readonly "durationSeconds"?: number | undefined;
  readonly "snapshotId"?: string | undefined;
  /** What is after it is not in the backup */
  readonly "recoveryPointAt"?: string | undefined;
  readonly "bytesRead"?: number | undefined;
  /** What the repository grew by */
  readonly "bytesStored"?: number | undefined;
  readonly "files"?: number | undefined;
  readonly "filesChanged"?: number | undefined;
  readonly "storage"?: StorageUse | undefined;
  readonly "warnings": readonly (string)[];
  readonly "failure"?: Failure | undefined;
  /** Taken while the source was known to lack something, unlike those before it, or repaired since: nothing rests on it */
  readonly "suspect": boolean;
};

/** What was asked of the place of the repository; absent of a disk, which is not measured */
export type StorageUse = {
  /** By kind; each attempt counts */
  readonly "requests": {
    readonly "create"?: number | undefined;
    readonly "stat"?: number | undefined;
    readonly "read"?: number | undefined;
    readonly "write"?: number | undefined;
    readonly "list"?: number | undefined;
    readonly "remove"?: number | undefined;
    readonly "retain"?: number | undefined;
  };
  /** Content alone */
  readonly "bytesUp": number;
  readonly "bytesDown": number;
  /** Requests that failed; a look for what is not there is one */
  readonly "errors": number;
  readonly "retries": number;
  /** Of all requests together, many of which run at once */
  readonly "requestSeconds": number;
  /** Before retries */
  readonly "pauseSeconds": number;
};

export type Failure = {
  readonly "code": string;
  readonly "message": string;
  readonly "advice"?: string | undefined;
};

export type Job = {
  readonly "id": number;
  readonly "kind": string;
  readonly "sourceId"?: string | undefined;
  /** Of a mirror: the off-site repository */
  readonly "repository"?: string | undefined;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  /** That were begun */
  readonly "attempts": number;
  /** After so many a failure is the end. A job whose worker vanished is begun again beyond it */
  readonly "maxAttempts": number;
  /** Not before */
  readonly "runAt": string;
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  readonly "lastFailure"?: Failure | undefined;
};

/** What a run that succeeded left in the repository */
export type TakenSnapshot = {
  readonly "id": string;
  readonly "sourceId": string;
  /** The run that took it */
  readonly "runId": number;
  readonly "startedAt": string;
  /** What is after it is not in the snapshot */
  readonly "recoveryPointAt"?: string | undefined;
  /** Its size */
  readonly "bytesRead"?: number | undefined;
  readonly "files"?: number | undefined;
  /** Taken while the source was known to lack something, unlike those before it, or repaired since: nothing rests on it */
  readonly "suspect": boolean;
  /** Ids that it had before, the newest first: a snapshot that gets other tags, or is made anew without some files, gets another id. `relabelled`: its contents are the same; `rewritten`, `repaired`: they are what was left */
  readonly "tookPlaceOf"?: readonly ({
    readonly "id": string;
    readonly "how": "relabelled" | "rewritten" | "repaired";
    readonly "at": string;
  })[] | undefined;
};

export type Snapshot = {
  readonly "id": string;
  readonly "sourceId": string;
  /** The run that took it */
  readonly "runId": number;
  readonly "startedAt": string;
  /** What is after it is not in the snapshot */
  readonly "recoveryPointAt"?: string | undefined;
  /** Its size */
  readonly "bytesRead"?: number | undefined;
  readonly "files"?: number | undefined;
  /** Taken while the source was known to lack something, unlike those before it, or repaired since: nothing rests on it */
  readonly "suspect": boolean;
  /** Ids that it had before, the newest first: a snapshot that gets other tags, or is made anew without some files, gets another id. `relabelled`: its contents are the same; `rewritten`, `repaired`: they are what was left */
  readonly "tookPlaceOf"?: readonly ({
    readonly "id": string;
    readonly "how": "relabelled" | "rewritten" | "repaired";
    readonly "at": string;
  })[] | undefined;
  /** As the repository has them; absent when they could not be read */
  readonly "tags"?: readonly (string)[] | undefined;
  /** Whether the repository has it at this moment; `unknown`: it did not answer within 10 seconds, or could not be asked */
  readonly "stored": "yes" | "no" | "unknown";
};

export type SnapshotTagChanges = {
  readonly "tags": {
    readonly "add"?: readonly (string)[] | undefined;
    readonly "remove"?: readonly (string)[] | undefined;
  };
};

/** A file, a folder or the like in a snapshot */
export type SnapshotFile = {
  /** As its owner wrote it, line ends and marks of direction included; bytes that are no UTF-8 are U+FFFD */
  readonly "name": string;
  /** To be given back as it is. Begins with `/`, or is `base64:` and the bytes as base64url when they are no UTF-8 */
  readonly "path": string;
  readonly "kind": "file" | "folder" | "link" | "device" | "pipe" | "socket" | "other";
  /** Bytes, of a file */
  readonly "size"?: number | undefined;
  readonly "modifiedAt"?: string | undefined;
  /** Permissions as chmod takes them */
  readonly "mode": string;
  /** As the link has it; bytes that are no UTF-8 are U+FFFD */
  readonly "linkTarget"?: string | undefined;
};

export type FoundFile = {
  readonly "snapshotId": string;
  /** When the run began that took the snapshot */
  readonly "takenAt": string;
  /** As its owner wrote it, line ends and marks of direction included; bytes that are no UTF-8 are U+FFFD */
  readonly "name": string;
  /** To be given back as it is. Begins with `/`, or is `base64:` and the bytes as base64url when they are no UTF-8 */
  readonly "path": string;
  readonly "kind": "file" | "folder" | "link" | "device" | "pipe" | "socket" | "other";
  /** Bytes, of a file */
  readonly "size"?: number | undefined;
  readonly "modifiedAt"?: string | undefined;
  /** Permissions as chmod takes them */
  readonly "mode": string;
  /** As the link has it; bytes that are no UTF-8 are U+FFFD */
  readonly "linkTarget"?: string | undefined;
};

export type SnapshotDifference = {
  /** To be given back as it is. Begins with `/`, or is `base64:` and the bytes as base64url when they are no UTF-8 */
  readonly "path": string;
  /** `content`: of a file; `silent-content`: other content although size, times and everything else are the same, as when a disk goes bad; `type`: such as a folder that is a file now, of which nothing below is told; `metadata`: only owner, mode, times or attributes, told when they are asked for */
  readonly "change": "added" | "removed" | "content" | "silent-content" | "type" | "metadata";
  readonly "before"?: DifferenceSide | undefined;
  readonly "after"?: DifferenceSide | undefined;
};

export type DifferenceSide = {
  readonly "kind": "file" | "folder" | "link" | "device" | "pipe" | "socket" | "other";
  /** Bytes, of a file */
  readonly "size"?: number | undefined;
  readonly "modifiedAt"?: string | undefined;
  /** Permissions as chmod takes them */
  readonly "mode": string;
  /** As the link has it; bytes that are no UTF-8 are U+FFFD */
  readonly "linkTarget"?: string | undefined;
};

/** A rehearsed restore into a scratch place, measured */
export type Drill = {
  readonly "id": number;
  readonly "sourceId": string;
  readonly "jobId": number;
  readonly "state": "running" | "passed" | "failed" | "cancelled" | "interrupted";
  readonly "reason": string;
  readonly "snapshotId"?: string | undefined;
  readonly "recoveryPointAt"?: string | undefined;
  readonly "startedAt": string;
  readonly "finishedAt"?: string | undefined;
  readonly "restoreSeconds"?: number | undefined;
  readonly "verifySeconds"?: number | undefined;
  /** Restored and verified: what a customer would have waited, or waited */
  readonly "recoverySeconds"?: number | undefined;
  /** Age of the snapshot when it began: so much work would have been lost, or was */
  readonly "lossSeconds"?: number | undefined;
  readonly "bytes"?: number | undefined;
  readonly "files"?: number | undefined;
  readonly "checks": readonly ({
    readonly "name": string;
    readonly "outcome": "passed" | "failed";
    readonly "summary": string;
    readonly "differences": readonly (string)[];
  })[];
  readonly "failure"?: Failure | undefined;
  readonly "warnings": readonly (string)[];
  /** The objective at that time */
  readonly "rpoSeconds": number;
  readonly "rtoSeconds": number;
};

/** A restore in place of the live source, measured */
export type Restore = {
  readonly "id": number;
  readonly "sourceId": string;
  readonly "jobId": number;
  readonly "state": "running" | "passed" | "failed" | "cancelled" | "interrupted";
  readonly "reason": string;
  readonly "snapshotId"?: string | undefined;
  readonly "recoveryPointAt"?: string | undefined;
  readonly "startedAt": string;
  readonly "finishedAt"?: string | undefined;
  readonly "restoreSeconds"?: number | undefined;
  readonly "verifySeconds"?: number | undefined;
  /** Restored and verified: what a customer would have waited, or waited */
  readonly "recoverySeconds"?: number | undefined;
  /** Age of the snapshot when it began: so much work would have been lost, or was */
  readonly "lossSeconds"?: number | undefined;
  readonly "bytes"?: number | undefined;
  readonly "files"?: number | undefined;
  readonly "checks": readonly ({
    readonly "name": string;
    readonly "outcome": "passed" | "failed";
    readonly "summary": string;
    readonly "differences": readonly (string)[];
  })[];
  readonly "failure"?: Failure | undefined;
  readonly "warnings": readonly (string)[];
  /** What drills let expect before it began */
  readonly "estimateSeconds"?: number | undefined;
  /** The incident that it was to end */
  readonly "incidentId"?: number | undefined;
};

/** What a restore is going to do; for its maker, for an hour */
export type RestorePlan = {
  /** What `startRestore` is given */
  readonly "id": string;
  readonly "expiresAt": string;
  readonly "sourceId": string;
  readonly "sourceName": string;
  readonly "serviceId": string;
  /** What is there now and will be gone: the location of the live source */
  readonly "replaces": string;
  readonly "snapshotId": string;
  /** Whether the repository has the snapshot; `unknown`: it could not be asked in 10 seconds */
  readonly "stored": "yes" | "unknown";
  /** What was done since will be lost */
  readonly "recoveryPointAt": string;
  /** How long ago that is */
  readonly "lossSeconds": number;
  /** Good backups that would lose less */
  readonly "newerBackups": number;
  /** Taken while the source was known to lack something */
  readonly "suspect": boolean;
  readonly "bytes"?: number | undefined;
  readonly "files"?: number | undefined;
  /** From the last drill that passed; absent when there was none */
  readonly "estimateSeconds"?: number | undefined;
  readonly "estimateBasis"?: string | undefined;
};

export type NewRestorePlan = {
  /** Id or name */
  readonly "source": string;
  /** One of this source; else the newest backup that was taken while the source was whole */
  readonly "snapshot"?: string | undefined;
};

export type RestoreStart = {
  /** Id of a plan that you made */
  readonly "plan": string;
};

/** Where the backups lie: the platform's own, and its copies elsewhere */
export type Repository = {
  readonly "role": "primary" | "off-site";
  /** Of an off-site one: its name in the configuration */
  readonly "name"?: string | undefined;
  /** For people */
  readonly "place"?: string | undefined;
  /** Of an off-site one; `unknown` is never good */
  readonly "state"?: "up-to-date" | "behind" | "failing" | "unknown" | undefined;
  /** Everything up to then is there */
  readonly "upTo"?: string | undefined;
  /** Backups that are not there yet, and the bytes they stored */
  readonly "behind"?: {
    readonly "runs": number;
    readonly "bytes": number;
  } | undefined;
  readonly "lastSuccessAt"?: string | undefined;
  /** Objects that stay there because much went missing here at once */
  readonly "held"?: number | undefined;
  readonly "recoveryKit"?: RecoveryKit | undefined;
  readonly "lastMirror"?: Mirror | undefined;
};

/** Of an off-site one: the last that has ended */
export type Mirror = {
  readonly "id": number;
  /** Its name in the configuration */
  readonly "repository": string;
  readonly "jobId": number;
  /** `incomplete`: something of the primary repository is damaged and was not copied */
  readonly "state": "running" | "succeeded" | "incomplete" | "failed" | "cancelled" | "interrupted";
  readonly "reason": string;
  readonly "startedAt": string;
  readonly "finishedAt"?: string | undefined;
  readonly "objectsCopied"?: number | undefined;
  readonly "bytesCopied"?: number | undefined;
  /** Files that could not be copied */
  readonly "problems"?: number | undefined;
  readonly "removed"?: number | undefined;
  /** Objects that stay until their loss is accepted */
  readonly "held"?: number | undefined;
  readonly "heldReason"?: string | undefined;
  readonly "failure"?: Failure | undefined;
};

export type ForgetPlan = {
  /** What `forgetSnapshots` is given */
  readonly "id": string;
  readonly "removeCount": number;
  /** What goes; the first thousand */
  readonly "remove": readonly ({
    readonly "id": string;
    /** Absent: of none of the platform */
    readonly "sourceId"?: string | undefined;
    readonly "takenAt": string;
  })[];
  readonly "keepCount": number;
  /** What rules keep, and why; the first thousand */
  readonly "keep": readonly ({
    readonly "id": string;
    /** Absent: of none of the platform */
    readonly "sourceId"?: string | undefined;
    readonly "takenAt": string;
    readonly "reasons": readonly (string)[];
  })[];
  /** What looks like a mistake or an attack */
  readonly "concerns": readonly ({
    readonly "code": string;
    readonly "message": string;
  })[];
};

export type NewForgetPlan = {
  /** These */
  readonly "snapshots"?: readonly (string)[] | undefined;
  /** Id or name: what `keep` does not keep of it */
  readonly "source"?: string | undefined;
  readonly "keep"?: KeepRules | undefined;
};

/** As restic's `forget` has them; at least one is above 0 */
export type KeepRules = {
  readonly "keepLast"?: number | undefined;
  readonly "keepHourly"?: number | undefined;
  readonly "keepDaily"?: number | undefined;
  readonly "keepWeekly"?: number | undefined;
  readonly "keepMonthly"?: number | undefined;
  readonly "keepYearly"?: number | undefined;
};

export type ForgetStart = {
  /** These */
  readonly "snapshots"?: readonly (string)[] | undefined;
  /** Id or name: what `keep` does not keep of it */
  readonly "source"?: string | undefined;
  readonly "keep"?: KeepRules | undefined;
  /** The `id` of the plan that these came to */
  readonly "plan": string;
  /** How many snapshots go: must be said of a plan that has concerns */
  readonly "confirmRemove"?: number | undefined;
};

/** What waits for a person at an off-site repository */
export type MirrorPlan = {
  readonly "repository": string;
  /** `loss`: much went missing at the primary repository at once, and stays off site until it is accepted; `gone`: the copy that was there is not, as when a disk is not mounted, and nothing is sent until somebody says that it begins anew */
  readonly "waits": "nothing" | "loss" | "gone";
  /** What `carryOutMirrorPlan` is given */
  readonly "plan"?: string | undefined;
  /** By the run that found it */
  readonly "seenAt"?: string | undefined;
  readonly "loss"?: {
    readonly "reason": string;
    readonly "objects": number;
    /** What they take off site */
    readonly "bytes": number;
    readonly "snapshotCount": number;
    /** The first hundred */
    readonly "snapshots": readonly ({
      readonly "id": string;
      /** Absent: the platform did not take it */
      readonly "sourceId"?: string | undefined;
      readonly "recoveryPointAt"?: string | undefined;
    })[];
    /** Once it is accepted, what has been missing for so long is removed off site, too; absent: it stays for ever */
    readonly "removedAfterSeconds"?: number | undefined;
  } | undefined;
  readonly "gone"?: {
    readonly "message": string;
    /** What is sent when it begins anew: the primary repository as it was measured last */
    readonly "bytes"?: number | undefined;
    readonly "measuredAt"?: string | undefined;
  } | undefined;
};

export type MirrorPlanStart = {
  /** Of the plan that you looked at */
  readonly "plan": string;
};

export type NewPrunePlan = {
  /** How much of the repository may be unused bytes in packs that are also used; 5 if not said. Less is more traffic */
  readonly "maxUnusedPercent"?: number | undefined;
  /** No more of the packs is read and written again */
  readonly "maxRepackBytes"?: number | undefined;
};

/** Its id is that of its job; what it says is there when that has succeeded. Bytes as stored */
export type PrunePlan = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** How much of the repository may be unused bytes in packs that are also used; 5 if not said. Less is more traffic */
  readonly "maxUnusedPercent"?: number | undefined;
  /** No more of the packs is read and written again */
  readonly "maxRepackBytes"?: number | undefined;
  readonly "changesAnything"?: boolean | undefined;
  /** Nothing in them is needed */
  readonly "packsRemoved"?: number | undefined;
  /** What is needed of them is written into new packs, then they are removed */
  readonly "packsRewritten"?: number | undefined;
  readonly "packsKept"?: number | undefined;
  readonly "bytesFreed"?: number | undefined;
  readonly "bytesRewritten"?: number | undefined;
  /** Of all packs */
  readonly "bytesBefore"?: number | undefined;
  readonly "bytesAfter"?: number | undefined;
  /** Not worth the traffic */
  readonly "bytesUnusedAfter"?: number | undefined;
};

/** Its id is that of its job */
export type Prune = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  readonly "packsRemoved"?: number | undefined;
  readonly "bytesFreed"?: number | undefined;
};

export type NewRepairPlan = {
  /** `index`: makes the index say what the packs hold; `packs`: saves what is sound in damaged packs and removes them, a copy of each is kept; `snapshots`: makes snapshots anew without what is lost, and the damaged ones go */
  readonly "what": "index" | "packs" | "snapshots";
  /** Of the index: trust nothing of the old one, read the header of every pack */
  readonly "readAllPacks"?: boolean | undefined;
  /** The damaged ones, as a check that reads data names them */
  readonly "packs"?: readonly (string)[] | undefined;
};

/** Its id is that of its job; what it says is there when that has succeeded */
export type RepairPlan = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** `index`: makes the index say what the packs hold; `packs`: saves what is sound in damaged packs and removes them, a copy of each is kept; `snapshots`: makes snapshots anew without what is lost, and the damaged ones go */
  readonly "what": "index" | "packs" | "snapshots";
  /** Of the index: trust nothing of the old one, read the header of every pack */
  readonly "readAllPacks"?: boolean | undefined;
  /** The damaged ones, as a check that reads data names them */
  readonly "packs"?: readonly (string)[] | undefined;
  readonly "changesAnything"?: boolean | undefined;
  /** The first hundred */
  readonly "sentences"?: readonly (string)[] | undefined;
  readonly "moreSentences"?: number | undefined;
  readonly "counts"?: RepairCounts | undefined;
};

export type RepairCounts = {
  /** Index files that cannot be read */
  readonly "indexFilesReplaced"?: number | undefined;
  /** Packs that the index does not name */
  readonly "packsAdded"?: number | undefined;
  /** Packs of another length than the index says */
  readonly "packsReadAgain"?: number | undefined;
  /** Packs that the index names and that are not there, or cannot be read */
  readonly "packsLeftOut"?: number | undefined;
  /** Damaged packs; a copy of each is kept */
  readonly "packsRemoved"?: number | undefined;
  /** What is sound in damaged packs */
  readonly "blobsSaved"?: number | undefined;
  /** What is damaged and nowhere else */
  readonly "blobsLost"?: number | undefined;
  /** Snapshots that are made anew without what is lost */
  readonly "snapshotsReplaced"?: number | undefined;
  /** Snapshots of which nothing is left */
  readonly "snapshotsRemoved"?: number | undefined;
  /** Snapshot files that cannot be read; they stay */
  readonly "snapshotsUnreadable"?: number | undefined;
  /** Files and folders of snapshots that lack something */
  readonly "pathsChanged"?: number | undefined;
};

/** Its id is that of its job */
export type Repair = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** `index`: makes the index say what the packs hold; `packs`: saves what is sound in damaged packs and removes them, a copy of each is kept; `snapshots`: makes snapshots anew without what is lost, and the damaged ones go */
  readonly "what": "index" | "packs" | "snapshots";
  /** Which plan it carries out */
  readonly "plan": number;
  readonly "counts"?: RepairCounts | undefined;
};

export type WholeRepair = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** `index`: makes the index say what the packs hold; `packs`: saves what is sound in damaged packs and removes them, a copy of each is kept; `snapshots`: makes snapshots anew without what is lost, and the damaged ones go */
  readonly "what": "index" | "packs" | "snapshots";
  /** Which plan it carries out */
  readonly "plan": number;
  readonly "counts"?: RepairCounts | undefined;
  /** The first hundred */
  readonly "sentences"?: readonly (string)[] | undefined;
  readonly "moreSentences"?: number | undefined;
  /** Copies of damaged packs, byte for byte as they lay in the storage, in the platform's data folder */
  readonly "copies"?: readonly (string)[] | undefined;
};

export type NewRepositoryCheck = {
  /** How much of the packs is read as a whole and compared with what was written: `none`, `all`, or a share such as `5%`, chosen anew each time. Folders are read in any case */
  readonly "data"?: string | undefined;
};

/** Its id is that of its job */
export type RepositoryCheck = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** How much of the packs is read as a whole and compared with what was written: `none`, `all`, or a share such as `5%`, chosen anew each time. Folders are read in any case */
  readonly "data": string;
  /** Damage that was found; 0: all that was read is whole */
  readonly "errors"?: number | undefined;
  /** What costs space or time only */
  readonly "hints"?: number | undefined;
  readonly "snapshots"?: number | undefined;
  readonly "packs"?: number | undefined;
  readonly "packsRead"?: number | undefined;
  readonly "bytesRead"?: number | undefined;
};

export type WholeRepositoryCheck = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** How much of the packs is read as a whole and compared with what was written: `none`, `all`, or a share such as `5%`, chosen anew each time. Folders are read in any case */
  readonly "data": string;
  /** Damage that was found; 0: all that was read is whole */
  readonly "errors"?: number | undefined;
  /** What costs space or time only */
  readonly "hints"?: number | undefined;
  readonly "snapshots"?: number | undefined;
  readonly "packs"?: number | undefined;
  readonly "packsRead"?: number | undefined;
  readonly "bytesRead"?: number | undefined;
  /** The first hundred, errors before hints */
  readonly "findings": readonly ({
    readonly "severity": "error" | "hint";
    readonly "code": string;
    readonly "message": string;
  })[];
};

export type Lock = {
  /** The name of its file */
  readonly "id": string;
  /** Its process is gone: one of the host that looks which no longer runs, or it was not refreshed for half an hour */
  readonly "stale": boolean;
  /** It keeps everybody else out, backups too */
  readonly "exclusive"?: boolean | undefined;
  readonly "hostname"?: string | undefined;
  readonly "username"?: string | undefined;
  readonly "pid"?: number | undefined;
  /** Every five minutes while its process works. Absent, with all of this: it cannot be read */
  readonly "refreshedAt"?: string | undefined;
};

export type RemovedLocks = {
  /** Those that were gone already are not counted */
  readonly "removed": number;
  /** Locks that stand now */
  readonly "left": readonly ({
    /** The name of its file */
    readonly "id": string;
    /** Its process is gone: one of the host that looks which no longer runs, or it was not refreshed for half an hour */
    readonly "stale": boolean;
    /** It keeps everybody else out, backups too */
    readonly "exclusive"?: boolean | undefined;
    readonly "hostname"?: string | undefined;
    readonly "username"?: string | undefined;
    readonly "pid"?: number | undefined;
    /** Every five minutes while its process works. Absent, with all of this: it cannot be read */
    readonly "refreshedAt"?: string | undefined;
  })[];
};

export type LockRemoval = {
  /** Ids of the locks, as they were seen */
  readonly "locks": readonly (string)[];
  /** Also those that are not stale. Who holds one may be at work: a prune that runs meanwhile may delete what a backup still counts on */
  readonly "inUse"?: boolean | undefined;
};

export type NewStatistics = {
  /** `restore-size`: what restoring each snapshot writes; `files-by-contents`: every file content once; `blobs-per-file`: the blobs of each content, by path; `raw-data`: what is stored for them, and how well it is compressed */
  readonly "mode"?: "restore-size" | "files-by-contents" | "blobs-per-file" | "raw-data" | undefined;
  /** Id or name: only its snapshots */
  readonly "source"?: string | undefined;
  /** Only these */
  readonly "snapshots"?: readonly (string)[] | undefined;
};

/** Its id is that of its job; the sums are there when that has succeeded */
export type Statistics = {
  readonly "id": number;
  readonly "state": "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly "createdAt": string;
  readonly "startedAt"?: string | undefined;
  readonly "finishedAt"?: string | undefined;
  readonly "progress"?: {
    readonly "step": string;
    readonly "done"?: number | undefined;
    readonly "total"?: number | undefined;
    readonly "unit"?: string | undefined;
    /** That are done, where `done` counts bytes */
    readonly "files"?: number | undefined;
    readonly "filesTotal"?: number | undefined;
  } | undefined;
  readonly "failure"?: Failure | undefined;
  /** `restore-size`: what restoring each snapshot writes; `files-by-contents`: every file content once; `blobs-per-file`: the blobs of each content, by path; `raw-data`: what is stored for them, and how well it is compressed */
  readonly "mode": "restore-size" | "files-by-contents" | "blobs-per-file" | "raw-data";
  readonly "sourceId"?: string | undefined;
  readonly "snapshotIds"?: readonly (string)[] | undefined;
  /** That were counted */
  readonly "snapshots"?: number | undefined;
  readonly "bytes"?: number | undefined;
  /** Of `restore-size` folders and the like as well */
  readonly "files"?: number | undefined;
  readonly "blobs"?: number | undefined;
  /** This and the following: of `raw-data` */
  readonly "bytesUncompressed"?: number | undefined;
  /** Of what is compressed */
  readonly "compressionRatio"?: number | undefined;
  readonly "compressedPercent"?: number | undefined;
  readonly "savedPercent"?: number | undefined;
};

export type RepositoryGrowth = {
  /** Days (UTC) with a good backup, the oldest first */
  readonly "days": readonly ({
    readonly "day": string;
    readonly "backups": number;
    /** What they added, before anything was removed */
    readonly "bytesStored": number;
    /** What they read of their sources */
    readonly "bytesRead": number;
  })[];
  /** What the repository really had, about once a day, the oldest first */
  readonly "measured": readonly ({
    readonly "at": string;
    /** All packs as they lie there, layers included */
    readonly "bytes": number;
    readonly "files": number;
  })[];
};

/** A sentence of the policy, and whether it is true at this moment */
export type Promise = {
  readonly "kind": string;
  /** Absent: it is about the whole organisation */
  readonly "serviceId"?: string | undefined;
  readonly "sourceId"?: string | undefined;
  readonly "sentence": string;
  readonly "state": "kept" | "at-risk" | "broken" | "unknown";
  readonly "since": string;
  readonly "evidence": {
    readonly "sentence": string;
    readonly "observedAt"?: string | undefined;
    readonly "facts": Readonly<Record<string, string | number | boolean>>;
  };
};

export type Incident = {
  readonly "id": number;
  readonly "title": string;
  readonly "state": "investigating" | "identified" | "monitoring" | "resolved";
  readonly "impact": "degraded" | "outage";
  readonly "openedBy": "monitoring" | "person";
  readonly "openedAt": string;
  readonly "resolvedAt"?: string | undefined;
  /** Of those that the caller may see */
  readonly "serviceIds": readonly (string)[];
  readonly "estimate"?: {
    readonly "seconds": number;
    /** Absent while no restore has begun */
    readonly "expectedBackAt"?: string | undefined;
    /** What was measured to know it */
    readonly "basis": string;
  } | undefined;
  readonly "restoreBeganAt"?: string | undefined;
  readonly "updates": readonly ({
    readonly "at": string;
    readonly "state": "investigating" | "identified" | "monitoring" | "resolved";
    readonly "text": string;
  })[];
};

export type NewIncident = {
  readonly "title": string;
  /** Ids or slugs */
  readonly "services": readonly (string)[];
  readonly "impact": "degraded" | "outage";
  /** What customers read first */
  readonly "text": string;
  readonly "state"?: "investigating" | "identified" | "monitoring" | undefined;
};

/** What was told is never edited */
export type NewIncidentUpdate = {
  readonly "text": string;
  readonly "state"?: "investigating" | "identified" | "monitoring" | "resolved" | undefined;
  readonly "impact"?: "degraded" | "outage" | undefined;
};

/** What a member keeps in the vault; never its secret */
export type VaultEntry = {
  readonly "id": string;
  readonly "name": string;
  readonly "kind": "email-account" | "web-login" | "server-login" | "api-key" | "other";
  readonly "owner": Person;
  readonly "login"?: string | undefined;
  readonly "serviceId"?: string | undefined;
  readonly "customer"?: string | undefined;
  readonly "createdAt": string;
  /** When its secret was given */
  readonly "sealedAt": string;
};

/** Without a name when there is no such account any more */
export type Person = {
  readonly "id": string;
  readonly "name"?: string | undefined;
};

export type NewVaultEntry = {
  /** Unique for its owner; the secret is bound to it, and it changes with the owner alone */
  readonly "name": string;
  readonly "kind": "email-account" | "web-login" | "server-login" | "api-key" | "other";
  /** The name to sign in with; no secret */
  readonly "login"?: string | undefined;
  /** The service that it is for */
  readonly "serviceId"?: string | undefined;
  /** Whose it is, outside of the organisation */
  readonly "customer"?: string | undefined;
  /** Sealed before it reaches the database */
  readonly "secret": string;
};

/** What is absent stays as it is, null takes away */
export type VaultEntryChanges = {
  readonly "kind"?: "email-account" | "web-login" | "server-login" | "api-key" | "other" | undefined;
  /** The name to sign in with; no secret */
  readonly "login"?: string | null | undefined;
  /** The service that it is for */
  readonly "serviceId"?: string | null | undefined;
  /** Whose it is, outside of the organisation */
  readonly "customer"?: string | null | undefined;
  /** Sealed before it reaches the database */
  readonly "secret"?: string | undefined;
};

/** The keys of the vault, the newest first; of no secret anything */
export type VaultKeys = {
  readonly "keys": readonly ({
    readonly "fingerprint": string;
    readonly "bits": number;
    readonly "state": "current" | "retiring" | "retired";
    /** In that state */
    readonly "since": string;
    /** That are wrapped for it */
    readonly "secrets": number;
    /** The machine that answers has its private half, or a key command that names it */
    readonly "held": boolean;
  })[];
  /** A rotation is under way, or was cut off */
  readonly "rotating": boolean;
};

export type Configuration = {
  /** YAML with the section `services` */
  readonly "text": string;
};

export type ConfigurationPlan = {
  /** What `carryOutConfiguration` is given */
  readonly "plan": string;
  readonly "steps": readonly ({
    /** `leave`: it is not in the file, and stays because `prune` was not asked */
    readonly "action": "create" | "change" | "remove" | "leave";
    readonly "kind": "service" | "source";
    readonly "name": string;
    /** Of a source: the slug of its service */
    readonly "service"?: string | undefined;
    /** Of a password: whether there is one, and whether it is another */
    readonly "fields": readonly ({
      readonly "field": string;
      readonly "before": string | null;
      readonly "after": string | null;
    })[];
  })[];
  readonly "unchanged": {
    readonly "services": number;
    readonly "sources": number;
  };
};

export type ConfigurationFile = {
  /** YAML with `services` alone, as `getConfiguration` gives it */
  readonly "text": string;
  /** What the references of the file stand for: `NAME` for `${NAME}`, `file:/path` for itself. Nothing of the machine of the platform is read instead. Where a password is asked they are secret; put into another field they are shown as the rest of it is. */
  readonly "values"?: Readonly<Record<string, string>> | undefined;
  /** Remove what is not in the file */
  readonly "prune"?: boolean | undefined;
};

export type ConfigurationDone = {
  readonly "created": number;
  readonly "changed": number;
  readonly "removed": number;
  readonly "left": number;
  /** What is to be known of the sources */
  readonly "warnings": readonly (string)[];
};

export type ConfigurationStart = {
  /** YAML with `services` alone, as `getConfiguration` gives it */
  readonly "text": string;
  /** What the references of the file stand for: `NAME` for `${NAME}`, `file:/path` for itself. Nothing of the machine of the platform is read instead. Where a password is asked they are secret; put into another field they are shown as the rest of it is. */
  readonly "values"?: Readonly<Record<string, string>> | undefined;
  /** Remove what is not in the file */
  readonly "prune"?: boolean | undefined;
  /** Of the plan that you looked at */
  readonly "plan": string;
};

/** The owner of an entry lets a member open it */
export type VaultGrant = {
  readonly "id": number;
  readonly "entryId": string;
  /** As it was then */
  readonly "entryName": string;
  readonly "ownerId": string;
  readonly "person": Person;
  readonly "reason": string;
  readonly "grantedAt": string;
  readonly "startsAt": string;
  readonly "endsAt": string;
  /** Absent: as often as the person likes */
  readonly "mostOpenings"?: number | undefined;
  /** How often it was made use of */
  readonly "openings": number;
  /** `active` alone opens; `waiting` has not begun; the others are over: by time, by openings, by somebody, or because the member or the entry is gone */
  readonly "state": "active" | "waiting" | "over" | "used-up" | "withdrawn" | "member-gone" | "entry-gone";
  readonly "withdrawn"?: {
    readonly "at": string;
    readonly "by": Person;
  } | undefined;
};

export type NewVaultGrant = {
  /** A member whose role may open what others share */
  readonly "personId": string;
  readonly "reason": string;
  /** Default: now */
  readonly "startsAt"?: string | undefined;
  /** At most 90 days after it starts */
  readonly "endsAt": string;
  readonly "mostOpenings"?: number | undefined;
};

export type NewVaultEntryOwner = {
  /** A member whose role keeps credentials in the vault */
  readonly "ownerId": string;
  readonly "reason": string;
  /** Its name from now on, where the new owner has an entry of its name already */
  readonly "name"?: string | undefined;
};

export type OpenedVaultEntry = {
  /** Show it to the person, and keep it nowhere */
  readonly "secret": string;
  readonly "opening": VaultOpening;
};

/** A person was given the secret of an entry */
export type VaultOpening = {
  readonly "id": number;
  readonly "at": string;
  readonly "entryId": string;
  /** As it was then */
  readonly "entryName": string;
  readonly "ownerId": string;
  readonly "person": Person;
  /** Absent: its owner opened it */
  readonly "grantId"?: number | undefined;
  /** Where the request came from */
  readonly "address"?: string | undefined;
};

export type VaultEvidence = {
  readonly "checkedAt": string;
  /** Things that members keep now */
  readonly "entries": number;
  readonly "openings": number;
  readonly "byOwners": number;
  readonly "underGrants": number;
  /** Openings by somebody to whom no grant was running, nor the entry belonged: must be 0 */
  readonly "withoutGrant": number;
  /** How often an entry was given another owner */
  readonly "transfers": number;
  /** Entries of the book that are not as they were written, or are gone: must be 0 */
  readonly "altered": number;
  /** Entries that cannot be verified: the key that sealed them is not here */
  readonly "unverified": number;
  readonly "lastOpenedAt"?: string | undefined;
  /** How often the platform opened secrets for its own work in the last 30 days */
  readonly "machineUses": readonly ({
    /** UTC */
    readonly "day": string;
    /** Of what the secrets were: `source`, `user`, `platform`, … */
    readonly "what": string;
    readonly "uses": number;
  })[];
};

export type Member = {
  readonly "id": string;
  readonly "name": string;
  readonly "email": string;
  /** `owner`, `operator`, `data-protection-officer`, `auditor`, `outside-administrator`, `viewer` */
  readonly "role": string;
  /** Of an outside administrator: when the membership ends */
  readonly "until"?: string | undefined;
  /** Of an outside administrator: the services assigned */
  readonly "serviceIds": readonly (string)[];
  readonly "hasSecondFactor": boolean;
  /** Neither removed nor given another role */
  readonly "isLastOwner": boolean;
};

/** Of an outside administrator with the last day and the services, which are as given then */
export type RoleChange = {
  readonly "role": "owner" | "operator" | "data-protection-officer" | "auditor" | "outside-administrator" | "viewer";
  /** Of an outside administrator: the last day, UTC */
  readonly "until"?: string | undefined;
  /** Of an outside administrator: ids or slugs */
  readonly "services"?: readonly (string)[] | undefined;
};

/** What removing a member ends, and what of theirs stays */
export type MemberRemoval = {
  /** Stays, whatever is asked */
  readonly "isLastOwner": boolean;
  /** End */
  readonly "sessions": number;
  /** API keys that work now, and do no more */
  readonly "keys": number;
  readonly "passkeys": number;
  readonly "hasSecondFactor": boolean;
  readonly "vault": {
    /** Of this member; they stay sealed, and whom they are shared with may open them */
    readonly "entries": number;
    /** To entries of others; they end */
    readonly "grantsHeld": number;
    /** To others; they run on until their end */
    readonly "grantsGiven": number;
  };
};

export type MadeInvitation = {
  readonly "id": string;
  readonly "email": string;
  /** `owner`, `operator`, `data-protection-officer`, `auditor`, `outside-administrator`, `viewer` */
  readonly "role": string;
  /** Of an outside administrator: when the membership ends */
  readonly "until"?: string | undefined;
  /** Of an outside administrator: the services assigned */
  readonly "serviceIds": readonly (string)[];
  readonly "expiresAt": string;
  /** What became of its mail; absent: whoever invited was shown the link */
  readonly "mail"?: {
    readonly "state": "waiting" | "sent" | "failed";
    readonly "failure"?: Failure | undefined;
  } | undefined;
  /** Makes its bearer the member, once; shown this once. Absent: it is mailed */
  readonly "link"?: string | undefined;
};

export type NewInvitation = {
  readonly "email": string;
  readonly "role": "owner" | "operator" | "data-protection-officer" | "auditor" | "outside-administrator" | "viewer";
  /** Of an outside administrator: the last day, UTC */
  readonly "until"?: string | undefined;
  /** Of an outside administrator: ids or slugs */
  readonly "services"?: readonly (string)[] | undefined;
  /** No mail is sent: the link is in the answer, to be passed on */
  readonly "showLink"?: boolean | undefined;
};

/** An open one; its link is known to who made it alone */
export type Invitation = {
  readonly "id": string;
  readonly "email": string;
  /** `owner`, `operator`, `data-protection-officer`, `auditor`, `outside-administrator`, `viewer` */
  readonly "role": string;
  /** Of an outside administrator: when the membership ends */
  readonly "until"?: string | undefined;
  /** Of an outside administrator: the services assigned */
  readonly "serviceIds": readonly (string)[];
  readonly "expiresAt": string;
  /** What became of its mail; absent: whoever invited was shown the link */
  readonly "mail"?: {
    readonly "state": "waiting" | "sent" | "failed";
    readonly "failure"?: Failure | undefined;
  } | undefined;
};

export type InvitationRenewal = {
  /** No mail is sent: the link is in the answer */
  readonly "showLink"?: boolean | undefined;
};

/** What it says is never shown, and gone when it was sent */
export type Mail = {
  readonly "id": string;
  /** `invitation`, `password-reset`, `account-notice` */
  readonly "kind": string;
  readonly "recipient": string;
  readonly "about"?: string | undefined;
  /** `waiting` is sent, or sent again, until it is taken, refused or of no use */
  readonly "state": "waiting" | "sent" | "failed";
  readonly "attempts": number;
  readonly "createdAt": string;
  /** Of no use after that, and not sent */
  readonly "expiresAt": string;
  /** When it was sent, or given up */
  readonly "settledAt"?: string | undefined;
  /** Of the mail server that took it */
  readonly "answer"?: string | undefined;
  readonly "failure"?: Failure | undefined;
};

export type MailTrialResult = {
  readonly "to": string;
  /** By the mail server; whether it arrives is for you to see */
  readonly "taken": boolean;
  /** Every line that the mail server said */
  readonly "answers": readonly (string)[];
  readonly "failure"?: Failure | undefined;
};

export type MailTrial = {
  /** Who gets the mail */
  readonly "to": string;
};

export type Caller = {
  readonly "userId": string;
  readonly "name": string;
  readonly "email": string;
  readonly "organisation"?: string | undefined;
  /** Absent: no member any more */
  readonly "role"?: "owner" | "operator" | "data-protection-officer" | "auditor" | "outside-administrator" | "viewer" | undefined;
  /** When the membership ends */
  readonly "until"?: string | undefined;
  readonly "permissions": readonly ("services.read" | "services.change" | "services.remove" | "sources.read" | "sources.change" | "sources.remove" | "runs.read" | "backups.run" | "drills.run" | "mirrors.run" | "restores.run" | "snapshots.read" | "snapshots.change" | "snapshots.remove" | "repositories.read" | "repositories.check" | "repositories.change" | "incidents.read" | "incidents.change" | "promises.read" | "promises.change" | "audit.read" | "vault.read" | "vault.keep" | "vault.remove" | "vault.share" | "vault.withdraw" | "vault.open" | "vault.change" | "members.read" | "members.change" | "invitations.withdraw" | "settings.read" | "settings.change" | "configuration.read" | "configuration.change")[];
};

export type AuditEntry = {
  readonly "id": number;
  readonly "at": string;
  readonly "action": string;
  readonly "origin": {
    readonly "actor"?: {
      readonly "id": string;
      readonly "name": string;
      readonly "kind"?: "system" | undefined;
    } | undefined;
    readonly "address"?: string | undefined;
    readonly "userAgent"?: string | undefined;
  };
  readonly "subject"?: string | undefined;
  readonly "before"?: Readonly<Record<string, unknown>> | undefined;
  readonly "after"?: Readonly<Record<string, unknown>> | undefined;
};

export type Account = {
  readonly "id": string;
  readonly "name": string;
  readonly "email": string;
  readonly "organisation"?: string | undefined;
  /** Characters; fewer are enough with a second factor */
  readonly "shortestPassword": number;
  /** Absent: signing in asks for the password alone */
  readonly "secondFactor"?: {
    readonly "enabledAt": string;
    readonly "recoveryCodesLeft": number;
    /** So many are made at a time */
    readonly "recoveryCodesMade": number;
  } | undefined;
  /** Whether the console is open under a name, to which a passkey can be bound, and no address */
  readonly "mayHavePasskeys": boolean;
};

export type AccountName = {
  readonly "name": string;
};

export type PasswordChange = {
  readonly "current": string;
  /** The new one */
  readonly "fresh": string;
};

export type Session = {
  readonly "id": string;
  /** The one that asks */
  readonly "isThis": boolean;
  readonly "browser": string;
  readonly "address"?: string | undefined;
  readonly "begunAt": string;
  /** Within some minutes */
  readonly "lastUsedAt": string;
};

/** What an authenticator app is told */
export type Enrolment = {
  /** Base32, as authenticator apps take it */
  readonly "secret": string;
  /** The same as `otpauth://` */
  readonly "uri": string;
  /** The URI as a QR code */
  readonly "qrCode": {
    readonly "side": number;
    /** Of SVG: the dark modules, on a light field of side by side */
    readonly "path": string;
  };
};

export type RecoveryCodes = {
  /** Shown this once */
  readonly "recoveryCodes": readonly (string)[];
};

export type AppCode = {
  /** What the app shows */
  readonly "code": string;
};

export type PasswordGiven = {
  readonly "password": string;
};

export type Passkey = {
  readonly "id": string;
  readonly "name": string;
  readonly "createdAt": string;
  readonly "lastUsedAt"?: string | undefined;
};

export type PasskeyQuestion = {
  /** For `PublicKeyCredential.parseCreationOptionsFromJSON`, or `parseRequestOptionsFromJSON`; good for five minutes */
  readonly "options": Readonly<Record<string, unknown>>;
};

export type NewPasskey = {
  readonly "name": string;
  /** The credential of the browser, as `toJSON()` has it */
  readonly "answer": Readonly<Record<string, unknown>>;
};

export type PasskeyName = {
  readonly "name": string;
};

export type ApiKey = {
  readonly "id": string;
  readonly "name": string;
  readonly "scopes": readonly ("services.read" | "services.change" | "services.remove" | "sources.read" | "sources.change" | "sources.remove" | "runs.read" | "backups.run" | "drills.run" | "mirrors.run" | "restores.run" | "snapshots.read" | "snapshots.change" | "snapshots.remove" | "repositories.read" | "repositories.check" | "repositories.change" | "incidents.read" | "incidents.change" | "promises.read" | "promises.change" | "audit.read" | "vault.read" | "vault.keep" | "vault.remove" | "vault.share" | "vault.withdraw" | "vault.open" | "vault.change" | "members.read" | "members.change" | "invitations.withdraw" | "settings.read" | "settings.change" | "configuration.read" | "configuration.change")[];
  readonly "createdAt": string;
  readonly "expiresAt": string;
  /** Within some minutes; absent: never */
  readonly "lastUsedAt"?: string | undefined;
};

export type KeyOffer = {
  /** What a key of yours may be for */
  readonly "scopes": readonly ("services.read" | "services.change" | "services.remove" | "sources.read" | "sources.change" | "sources.remove" | "runs.read" | "backups.run" | "drills.run" | "mirrors.run" | "restores.run" | "snapshots.read" | "snapshots.change" | "snapshots.remove" | "repositories.read" | "repositories.check" | "repositories.change" | "incidents.read" | "incidents.change" | "promises.read" | "promises.change" | "audit.read" | "vault.read" | "vault.keep" | "vault.remove" | "vault.share" | "vault.withdraw" | "vault.open" | "vault.change" | "members.read" | "members.change" | "invitations.withdraw" | "settings.read" | "settings.change" | "configuration.read" | "configuration.change")[];
  /** No key works longer */
  readonly "latestDay": string;
};

export type MadeApiKey = {
  readonly "id": string;
  /** The key itself, shown this once */
  readonly "secret": string;
};

export type NewApiKey = {
  /** What it is for */
  readonly "name": string;
  readonly "scopes": readonly ("services.read" | "services.change" | "services.remove" | "sources.read" | "sources.change" | "sources.remove" | "runs.read" | "backups.run" | "drills.run" | "mirrors.run" | "restores.run" | "snapshots.read" | "snapshots.change" | "snapshots.remove" | "repositories.read" | "repositories.check" | "repositories.change" | "incidents.read" | "incidents.change" | "promises.read" | "promises.change" | "audit.read" | "vault.read" | "vault.keep" | "vault.remove" | "vault.share" | "vault.withdraw" | "vault.open" | "vault.change" | "members.read" | "members.change" | "invitations.withdraw" | "settings.read" | "settings.change" | "configuration.read" | "configuration.change")[];
  /** The last day on which it works, UTC */
  readonly "until": string;
};

export type ProofState = {
  /** A code where there is a second factor */
  readonly "kind": "code" | "password";
  /** It was given a moment ago, and is not asked for again */
  readonly "fresh": boolean;
  /** A passkey may be shown instead */
  readonly "passkey": boolean;
};

export type Proof = {
  /** The password, or a code of the app or a recovery code */
  readonly "given": string;
};

export type PasskeyAnswer = {
  /** The credential of the browser, as `toJSON()` has it */
  readonly "answer": Readonly<Record<string, unknown>>;
};

export interface Operations {
  getStatus: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Status;
  };
  getSettings: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Settings;
  };
  listServices: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Service)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  addService: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewService;
    readonly answer: Service;
  };
  getService: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Service;
  };
  changeService: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ServiceChanges;
    readonly answer: Service;
  };
  removeService: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  listSources: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Id or slug */
      readonly "service"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Source)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  addSource: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewSource;
    readonly answer: Source;
  };
  getSource: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Source;
  };
  changeSource: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: SourceChanges;
    readonly answer: Source;
  };
  removeSource: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  listUnsettledChanges: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (UnsettledChange)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getUnsettledChange: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: UnsettledChange;
  };
  acceptChange: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ChangeAcceptance;
    readonly answer: undefined;
  };
  listRuns: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Id or name of a source */
      readonly "source"?: string | undefined;
      readonly "state"?: "running" | "succeeded" | "failed" | "cancelled" | "interrupted" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Run)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getRun: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Run;
  };
  runBackup: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  runDrill: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  listSnapshots: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Id or name of a source */
      readonly "source"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (TakenSnapshot)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getSnapshot: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Snapshot;
  };
  changeSnapshot: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: SnapshotTagChanges;
    readonly answer: Job;
  };
  downloadSnapshotFolder: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: {
      /** Begins with `/`; a path that is no UTF-8 is `base64:` and its bytes as base64url, as lists show it. `..` is a name as any other, and found nowhere. */
      readonly "path"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: undefined;
  };
  listSnapshotFiles: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Begins with `/`; a path that is no UTF-8 is `base64:` and its bytes as base64url, as lists show it. `..` is a name as any other, and found nowhere. */
      readonly "path"?: string | undefined;
      /** Only what is below the folder, at any depth, and has this in its name; with `*`, `?` or `[…]` it is a pattern for the whole name. Large and small letters are alike. */
      readonly "search"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (SnapshotFile)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  downloadSnapshotFile: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: {
      /** Begins with `/`; a path that is no UTF-8 is `base64:` and its bytes as base64url, as lists show it. `..` is a name as any other, and found nowhere. */
      readonly "path": string;
    };
    readonly body: undefined;
    readonly answer: undefined;
  };
  findSnapshotFiles: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Begins with `/`; a path that is no UTF-8 is `base64:` and its bytes as base64url, as lists show it. `..` is a name as any other, and found nowhere. */
      readonly "path"?: string | undefined;
      /** Only what is below the folder, at any depth, and has this in its name; with `*`, `?` or `[…]` it is a pattern for the whole name. Large and small letters are alike. */
      readonly "search": string;
      /** Only snapshots of this day (UTC) or later */
      readonly "from"?: string | undefined;
      /** Only snapshots of this day (UTC) or earlier */
      readonly "to"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (FoundFile)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
      /** What the answer rests on, found or not */
      readonly "searched": {
        /** So many were looked through to their end for this page; one that goes on counts on the next */
        readonly "snapshots": number;
        /** `takenAt` of the newest of them */
        readonly "upTo"?: string | undefined;
        /** `takenAt` of the oldest of them */
        readonly "backTo"?: string | undefined;
        /** On the first page: so many there are to look through */
        readonly "of"?: number | undefined;
      };
      /** Snapshots that are damaged and were not looked through to their end; what is found here is not all then */
      readonly "unreadable"?: readonly ({
        readonly "snapshotId": string;
        readonly "takenAt": string;
      })[] | undefined;
    };
  };
  listSnapshotDifferences: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Id of the snapshot to compare with, mostly an earlier one */
      readonly "since": string;
      /** Begins with `/`; a path that is no UTF-8 is `base64:` and its bytes as base64url, as lists show it. `..` is a name as any other, and found nowhere. */
      readonly "path"?: string | undefined;
      /** Tells also where only owner, mode, times or attributes are others */
      readonly "metadata"?: "true" | "false" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (SnapshotDifference)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  listDrills: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Id or name of a source */
      readonly "source"?: string | undefined;
      readonly "state"?: "running" | "passed" | "failed" | "cancelled" | "interrupted" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Drill)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getDrill: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Drill;
  };
  listRestores: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Id or name of a source */
      readonly "source"?: string | undefined;
      readonly "state"?: "running" | "passed" | "failed" | "cancelled" | "interrupted" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Restore)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  startRestore: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: RestoreStart;
    readonly answer: Job;
  };
  getRestore: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Restore;
  };
  planRestore: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewRestorePlan;
    readonly answer: RestorePlan;
  };
  listJobs: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      readonly "state"?: "queued" | "running" | "succeeded" | "failed" | "cancelled" | undefined;
      readonly "kind"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Job)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getJob: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  getJobLog: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly ({
        readonly "at": string;
        readonly "line": string;
      })[];
    };
  };
  followJob: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  cancelJob: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  listRepositories: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Repository)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  runMirror: {
    readonly params: {
      readonly "name": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  listMirrors: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Name of an off-site repository */
      readonly "repository"?: string | undefined;
      readonly "state"?: "running" | "succeeded" | "incomplete" | "failed" | "cancelled" | "interrupted" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Mirror)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getMirror: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Mirror;
  };
  planForget: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewForgetPlan;
    readonly answer: ForgetPlan;
  };
  forgetSnapshots: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: ForgetStart;
    readonly answer: Job;
  };
  getMirrorPlan: {
    readonly params: {
      readonly "name": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: MirrorPlan;
  };
  carryOutMirrorPlan: {
    readonly params: {
      readonly "name": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: MirrorPlanStart;
    readonly answer: Job;
  };
  planPrune: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewPrunePlan;
    readonly answer: Job;
  };
  getPrunePlan: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: PrunePlan;
  };
  carryOutPrunePlan: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  listPrunes: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Prune)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getPrune: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Prune;
  };
  planRepair: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewRepairPlan;
    readonly answer: Job;
  };
  getRepairPlan: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: RepairPlan;
  };
  carryOutRepairPlan: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  listRepairs: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Repair)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getRepair: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: WholeRepair;
  };
  checkRepository: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewRepositoryCheck;
    readonly answer: Job;
  };
  listRepositoryChecks: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (RepositoryCheck)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getRepositoryCheck: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: WholeRepositoryCheck;
  };
  listLocks: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Lock)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  removeLocks: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: LockRemoval;
    readonly answer: RemovedLocks;
  };
  countSnapshots: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewStatistics;
    readonly answer: Job;
  };
  listStatistics: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Statistics)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getStatistics: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Statistics;
  };
  getRepositoryGrowth: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** So far back */
      readonly "days"?: number | undefined;
    };
    readonly body: undefined;
    readonly answer: RepositoryGrowth;
  };
  listPromises: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Promise)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  listIncidents: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** `true`: only those that are open */
      readonly "open"?: "true" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Incident)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  openIncident: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewIncident;
    readonly answer: Incident;
  };
  getIncident: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Incident;
  };
  updateIncident: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewIncidentUpdate;
    readonly answer: Incident;
  };
  listVaultEntries: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Of this member alone; `me`: of the caller */
      readonly "owner"?: string | undefined;
      /** In the name, the login and the customer */
      readonly "search"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (VaultEntry)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  addVaultEntry: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewVaultEntry;
    readonly answer: VaultEntry;
  };
  getVaultEntry: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: VaultEntry;
  };
  changeVaultEntry: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: VaultEntryChanges;
    readonly answer: VaultEntry;
  };
  removeVaultEntry: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  getVaultKeys: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: VaultKeys;
  };
  getConfiguration: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Configuration;
  };
  planConfiguration: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: ConfigurationFile;
    readonly answer: ConfigurationPlan;
  };
  carryOutConfiguration: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: ConfigurationStart;
    readonly answer: ConfigurationDone;
  };
  listVaultGrants: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Of this entry alone */
      readonly "entry"?: string | undefined;
      /** To this member alone; `me`: to the caller */
      readonly "person"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (VaultGrant)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  giveVaultGrant: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewVaultGrant;
    readonly answer: VaultGrant;
  };
  withdrawVaultGrant: {
    readonly params: {
      readonly "id": number;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  transferVaultEntry: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewVaultEntryOwner;
    readonly answer: VaultEntry;
  };
  openVaultEntry: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: OpenedVaultEntry;
  };
  listVaultOpenings: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Of this entry alone */
      readonly "entry"?: string | undefined;
      /** Of the entries of this member; `me`: of the caller */
      readonly "owner"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (VaultOpening)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getVaultEvidence: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: VaultEvidence;
  };
  listMembers: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Member)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getMember: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Member;
  };
  changeMember: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: RoleChange;
    readonly answer: undefined;
  };
  removeMember: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  endAssignment: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  getMemberRemoval: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: MemberRemoval;
  };
  inviteMember: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewInvitation;
    readonly answer: MadeInvitation;
  };
  listInvitations: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Invitation)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  renewInvitation: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: InvitationRenewal;
    readonly answer: MadeInvitation;
  };
  withdrawInvitation: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  listMails: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      readonly "state"?: "waiting" | "sent" | "failed" | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Mail)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  tryMail: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: MailTrial;
    readonly answer: MailTrialResult;
  };
  getCaller: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Caller;
  };
  listAuditEntries: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
      /** Looked for in what was done, who did it, to what and from where */
      readonly "search"?: string | undefined;
      /** In the name of who did it */
      readonly "person"?: string | undefined;
      /** What was done begins with it */
      readonly "kind"?: string | undefined;
      /** In what it was done to */
      readonly "object"?: string | undefined;
      /** The first day, UTC */
      readonly "from"?: string | undefined;
      /** The last day, UTC */
      readonly "to"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (AuditEntry)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  getAccount: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Account;
  };
  changeAccount: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: AccountName;
    readonly answer: undefined;
  };
  changePassword: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: PasswordChange;
    readonly answer: undefined;
  };
  listSessions: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Session)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  endSession: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  endOtherSessions: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  beginSecondFactor: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Enrolment;
  };
  confirmSecondFactor: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: AppCode;
    readonly answer: RecoveryCodes;
  };
  renewRecoveryCodes: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: RecoveryCodes;
  };
  endSecondFactor: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: PasswordGiven;
    readonly answer: undefined;
  };
  listPasskeys: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (Passkey)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  addPasskey: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewPasskey;
    readonly answer: undefined;
  };
  getPasskey: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Passkey;
  };
  renamePasskey: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: PasskeyName;
    readonly answer: undefined;
  };
  removePasskey: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  beginPasskey: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: PasskeyQuestion;
  };
  listApiKeys: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: {
      /** Items on a page */
      readonly "limit"?: number | undefined;
      /** `nextCursor` of the page before */
      readonly "cursor"?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly "items": readonly (ApiKey)[];
      /** Null on the last page */
      readonly "nextCursor": string | null;
    };
  };
  makeApiKey: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: NewApiKey;
    readonly answer: MadeApiKey;
  };
  getApiKeyOffer: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: KeyOffer;
  };
  endApiKey: {
    readonly params: {
      readonly "id": string;
    };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  getProofState: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: ProofState;
  };
  giveProof: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: Proof;
    readonly answer: undefined;
  };
  beginPasskeyProof: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: PasskeyQuestion;
  };
  givePasskeyProof: {
    readonly params: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: PasskeyAnswer;
    readonly answer: undefined;
  };
}

export const operations = {
  getStatus: { method: "GET", path: "/status", permission: "services.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getSettings: { method: "GET", path: "/settings", permission: "settings.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  listServices: { method: "GET", path: "/services", permission: "services.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  addService: { method: "POST", path: "/services", permission: "services.change", roles: ["owner","operator"] },
  getService: { method: "GET", path: "/services/{id}", permission: "services.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  changeService: { method: "PATCH", path: "/services/{id}", permission: "services.change", roles: ["owner","operator"] },
  removeService: { method: "DELETE", path: "/services/{id}", permission: "services.remove", roles: ["owner","operator"] },
  listSources: { method: "GET", path: "/sources", permission: "sources.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  addSource: { method: "POST", path: "/sources", permission: "sources.change", roles: ["owner","operator"] },
  getSource: { method: "GET", path: "/sources/{id}", permission: "sources.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  changeSource: { method: "PATCH", path: "/sources/{id}", permission: "sources.change", roles: ["owner","operator"] },
  removeSource: { method: "DELETE", path: "/sources/{id}", permission: "sources.remove", roles: ["owner","operator"] },
  listUnsettledChanges: { method: "GET", path: "/unsettled-changes", permission: "sources.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  getUnsettledChange: { method: "GET", path: "/sources/{id}/unsettled-change", permission: "sources.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  acceptChange: { method: "POST", path: "/sources/{id}/unsettled-change/accept", permission: "sources.change", roles: ["owner","operator"] },
  listRuns: { method: "GET", path: "/runs", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getRun: { method: "GET", path: "/runs/{id}", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  runBackup: { method: "POST", path: "/sources/{id}/backups", permission: "backups.run", roles: ["owner","operator","outside-administrator"] },
  runDrill: { method: "POST", path: "/sources/{id}/drills", permission: "drills.run", roles: ["owner","operator","outside-administrator"] },
  listSnapshots: { method: "GET", path: "/snapshots", permission: "snapshots.read", roles: ["owner","operator"] },
  getSnapshot: { method: "GET", path: "/snapshots/{id}", permission: "snapshots.read", roles: ["owner","operator"] },
  changeSnapshot: { method: "PATCH", path: "/snapshots/{id}", permission: "snapshots.change", roles: ["owner","operator"] },
  downloadSnapshotFolder: { method: "GET", path: "/snapshots/{id}/archive", permission: "restores.run", roles: ["owner","operator"] },
  listSnapshotFiles: { method: "GET", path: "/snapshots/{id}/files", permission: "snapshots.read", roles: ["owner","operator"] },
  downloadSnapshotFile: { method: "GET", path: "/snapshots/{id}/download", permission: "restores.run", roles: ["owner","operator"] },
  findSnapshotFiles: { method: "GET", path: "/sources/{id}/found-files", permission: "snapshots.read", roles: ["owner","operator"] },
  listSnapshotDifferences: { method: "GET", path: "/snapshots/{id}/differences", permission: "snapshots.read", roles: ["owner","operator"] },
  listDrills: { method: "GET", path: "/drills", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getDrill: { method: "GET", path: "/drills/{id}", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listRestores: { method: "GET", path: "/restores", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  startRestore: { method: "POST", path: "/restores", permission: "restores.run", roles: ["owner","operator"] },
  getRestore: { method: "GET", path: "/restores/{id}", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  planRestore: { method: "POST", path: "/restore-plans", permission: "snapshots.read", roles: ["owner","operator"] },
  listJobs: { method: "GET", path: "/jobs", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getJob: { method: "GET", path: "/jobs/{id}", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getJobLog: { method: "GET", path: "/jobs/{id}/log", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  followJob: { method: "GET", path: "/jobs/{id}/events", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  cancelJob: { method: "POST", path: "/jobs/{id}/cancel", permission: "runs.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listRepositories: { method: "GET", path: "/repositories", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  runMirror: { method: "POST", path: "/repositories/{name}/mirrors", permission: "mirrors.run", roles: ["owner","operator"] },
  listMirrors: { method: "GET", path: "/mirrors", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getMirror: { method: "GET", path: "/mirrors/{id}", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  planForget: { method: "POST", path: "/forget-plans", permission: "snapshots.read", roles: ["owner","operator"] },
  forgetSnapshots: { method: "POST", path: "/forget-plans/carry-out", permission: "snapshots.remove", roles: ["owner"] },
  getMirrorPlan: { method: "GET", path: "/repositories/{name}/mirror-plan", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  carryOutMirrorPlan: { method: "POST", path: "/repositories/{name}/mirror-plan/carry-out", permission: "repositories.change", roles: ["owner","operator"] },
  planPrune: { method: "POST", path: "/prune-plans", permission: "repositories.check", roles: ["owner","operator"] },
  getPrunePlan: { method: "GET", path: "/prune-plans/{id}", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  carryOutPrunePlan: { method: "POST", path: "/prune-plans/{id}/carry-out", permission: "repositories.change", roles: ["owner","operator"] },
  listPrunes: { method: "GET", path: "/prunes", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getPrune: { method: "GET", path: "/prunes/{id}", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  planRepair: { method: "POST", path: "/repair-plans", permission: "repositories.check", roles: ["owner","operator"] },
  getRepairPlan: { method: "GET", path: "/repair-plans/{id}", permission: "snapshots.read", roles: ["owner","operator"] },
  carryOutRepairPlan: { method: "POST", path: "/repair-plans/{id}/carry-out", permission: "repositories.change", roles: ["owner","operator"] },
  listRepairs: { method: "GET", path: "/repairs", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getRepair: { method: "GET", path: "/repairs/{id}", permission: "snapshots.read", roles: ["owner","operator"] },
  checkRepository: { method: "POST", path: "/repository-checks", permission: "repositories.check", roles: ["owner","operator"] },
  listRepositoryChecks: { method: "GET", path: "/repository-checks", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getRepositoryCheck: { method: "GET", path: "/repository-checks/{id}", permission: "snapshots.read", roles: ["owner","operator"] },
  listLocks: { method: "GET", path: "/locks", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  removeLocks: { method: "POST", path: "/lock-removals", permission: "repositories.change", roles: ["owner","operator"] },
  countSnapshots: { method: "POST", path: "/statistics", permission: "repositories.check", roles: ["owner","operator"] },
  listStatistics: { method: "GET", path: "/statistics", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getStatistics: { method: "GET", path: "/statistics/{id}", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getRepositoryGrowth: { method: "GET", path: "/repository-growth", permission: "repositories.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  listPromises: { method: "GET", path: "/promises", permission: "promises.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listIncidents: { method: "GET", path: "/incidents", permission: "incidents.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  openIncident: { method: "POST", path: "/incidents", permission: "incidents.change", roles: ["owner","operator","data-protection-officer"] },
  getIncident: { method: "GET", path: "/incidents/{id}", permission: "incidents.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  updateIncident: { method: "POST", path: "/incidents/{id}/updates", permission: "incidents.change", roles: ["owner","operator","data-protection-officer"] },
  listVaultEntries: { method: "GET", path: "/vault/entries", permission: "vault.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  addVaultEntry: { method: "POST", path: "/vault/entries", permission: "vault.keep", roles: ["owner","operator","data-protection-officer"] },
  getVaultEntry: { method: "GET", path: "/vault/entries/{id}", permission: "vault.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  changeVaultEntry: { method: "PATCH", path: "/vault/entries/{id}", permission: "vault.keep", roles: ["owner","operator","data-protection-officer"] },
  removeVaultEntry: { method: "DELETE", path: "/vault/entries/{id}", permission: "vault.remove", roles: ["owner","operator","data-protection-officer"] },
  getVaultKeys: { method: "GET", path: "/vault/keys", permission: "settings.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getConfiguration: { method: "GET", path: "/configuration", permission: "configuration.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  planConfiguration: { method: "POST", path: "/configuration/plan", permission: "configuration.change", roles: ["owner","operator"] },
  carryOutConfiguration: { method: "POST", path: "/configuration/carry-out", permission: "configuration.change", roles: ["owner","operator"] },
  listVaultGrants: { method: "GET", path: "/vault/grants", permission: "vault.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  giveVaultGrant: { method: "POST", path: "/vault/entries/{id}/grants", permission: "vault.share", roles: ["owner","operator","data-protection-officer"] },
  withdrawVaultGrant: { method: "DELETE", path: "/vault/grants/{id}", permission: "vault.withdraw", roles: ["owner","operator","data-protection-officer","outside-administrator"] },
  transferVaultEntry: { method: "POST", path: "/vault/entries/{id}/transfer", permission: "vault.share", roles: ["owner","operator","data-protection-officer"] },
  openVaultEntry: { method: "POST", path: "/vault/entries/{id}/openings", permission: "vault.open", roles: ["owner","operator","data-protection-officer","outside-administrator"] },
  listVaultOpenings: { method: "GET", path: "/vault/openings", permission: "vault.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  getVaultEvidence: { method: "GET", path: "/vault/evidence", permission: "vault.read", roles: ["owner","operator","data-protection-officer","auditor","outside-administrator"] },
  listMembers: { method: "GET", path: "/members", permission: "members.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  getMember: { method: "GET", path: "/members/{id}", permission: "members.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  changeMember: { method: "PATCH", path: "/members/{id}", permission: "members.change", roles: ["owner"] },
  removeMember: { method: "DELETE", path: "/members/{id}", permission: "members.change", roles: ["owner"] },
  endAssignment: { method: "POST", path: "/members/{id}/end-assignment", permission: "members.change", roles: ["owner"] },
  getMemberRemoval: { method: "GET", path: "/members/{id}/removal", permission: "members.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  inviteMember: { method: "POST", path: "/invitations", permission: "members.change", roles: ["owner"] },
  listInvitations: { method: "GET", path: "/invitations", permission: "members.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  renewInvitation: { method: "POST", path: "/invitations/{id}/renew", permission: "members.change", roles: ["owner"] },
  withdrawInvitation: { method: "DELETE", path: "/invitations/{id}", permission: "invitations.withdraw", roles: ["owner"] },
  listMails: { method: "GET", path: "/mails", permission: "settings.read", roles: ["owner","operator","data-protection-officer","auditor"] },
  tryMail: { method: "POST", path: "/mails/trials", permission: "settings.change", roles: ["owner","operator"] },
  getCaller: { method: "GET", path: "/caller", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listAuditEntries: { method: "GET", path: "/audit-entries", permission: "audit.read", roles: ["owner","data-protection-officer","auditor"] },
  getAccount: { method: "GET", path: "/account", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  changeAccount: { method: "PATCH", path: "/account", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  changePassword: { method: "POST", path: "/account/password", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listSessions: { method: "GET", path: "/account/sessions", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  endSession: { method: "DELETE", path: "/account/sessions/{id}", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  endOtherSessions: { method: "POST", path: "/account/sessions/end-others", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  beginSecondFactor: { method: "POST", path: "/account/second-factor/enrolment", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  confirmSecondFactor: { method: "POST", path: "/account/second-factor/confirm", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  renewRecoveryCodes: { method: "POST", path: "/account/second-factor/recovery-codes", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  endSecondFactor: { method: "POST", path: "/account/second-factor/end", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listPasskeys: { method: "GET", path: "/account/passkeys", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  addPasskey: { method: "POST", path: "/account/passkeys", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getPasskey: { method: "GET", path: "/account/passkeys/{id}", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  renamePasskey: { method: "PATCH", path: "/account/passkeys/{id}", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  removePasskey: { method: "DELETE", path: "/account/passkeys/{id}", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  beginPasskey: { method: "POST", path: "/account/passkeys/options", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  listApiKeys: { method: "GET", path: "/account/api-keys", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  makeApiKey: { method: "POST", path: "/account/api-keys", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getApiKeyOffer: { method: "GET", path: "/account/api-key-offer", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  endApiKey: { method: "DELETE", path: "/account/api-keys/{id}", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  getProofState: { method: "GET", path: "/account/proof", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  giveProof: { method: "POST", path: "/account/proof", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  beginPasskeyProof: { method: "POST", path: "/account/proof/passkey-options", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
  givePasskeyProof: { method: "POST", path: "/account/proof/passkey", permission: null, roles: ["owner","operator","data-protection-officer","auditor","outside-administrator","viewer"] },
} as const;
