/** Where the console and the API are served: the path of the page's <base>, which the server sets, without a slash at its end ('' at the root). */
export const basePath = new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '');
