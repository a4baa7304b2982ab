/** The version of hesscope that the page was built from. */
declare const __HESSCOPE_VERSION__: string;
