/** Runs in the reader's browser; the page carries its source (`pageScript.toString()`), so it may use nothing from outside itself. */
export declare function pageScript(): void;
