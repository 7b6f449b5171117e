/** Where the console in the browser begins; below it every address is one of its screens. */
export const appPath = '/app';

/**
 * The screen of the own account, to which mails lead. Without script it names the page that needs none, and where the
 * console was not built it leads there: who sends a mail does not know which node will answer.
 */
export const accountPath = `${appPath}/account`;
