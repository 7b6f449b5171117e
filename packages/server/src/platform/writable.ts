/**
 * While it is put together. Lists have many of what they show, and one that is made by spreading others costs several times as
 * much as one that gets its optional fields one by one.
 */
export type Writable<T> = { -readonly [Field in keyof T]: T[Field] };
