// Made from /openapi.json by `npm run types -w @onym/console -- <URL of a running server>`. Not to be edited.

export interface paths {
    "/track": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record events
         * @description Stores one event, or up to 1,000, durably.
         *
         *     Needs a key with the scope `track`.
         *
         *     ```sh
         *     curl "$ONYM_URL/track" -H "Authorization: Bearer $ONYM_WRITE_KEY" -d '{"event":"page_view","distinct_id":"anonymous-1","properties":{"path":"/pricing"}}'
         *     ```
         */
        post: operations["track"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say who a user is
         * @description Makes distinct_id known, sets traits on it, and joins anonymous_id to it.
         *
         *     Needs a key with the scope `identify`.
         *
         *     ```sh
         *     curl "$ONYM_URL/identify" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_id":"user_1","anonymous_id":"anonymous-1","traits":{"plan":"pro"}}'
         *     ```
         */
        post: operations["identify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alias": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that two ids are one person
         * @description Joins two identifiers.
         *
         *     Needs a key with the scope `alias`.
         *
         *     ```sh
         *     curl "$ONYM_URL/alias" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_id":"user_1","alias_id":"stripe:cus_1"}'
         *     ```
         */
        post: operations["alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive?
         * @description ```sh
         *     curl "$ONYM_URL/healthz"
         *     ```
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Are calls kept?
         * @description Looks at the disk and at how the last writes went; where that leaves a doubt, a little is written.
         *
         *     ```sh
         *     curl "$ONYM_URL/readyz"
         *     ```
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description In the Prometheus text format. Without a key on a port of its own, where ONYM_METRICS_PORT names one.
         *
         *     Needs a key with the scope `metrics`.
         *
         *     ```sh
         *     curl "$ONYM_URL/metrics" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description ```sh
         *     curl "$ONYM_URL/openapi.json"
         *     ```
         */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/onym.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The browser client as a script
         * @description Of this server's version. For `integrity` use the address that names the bytes: `onym snippet --pin`.
         *
         *     ```sh
         *     curl "$ONYM_URL/onym.js"
         *     ```
         */
        get: operations["getPageScript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/onym/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The browser client as a script that never changes
         * @description By its hash; earlier versions too, as far as this data directory has served them.
         *
         *     ```sh
         *     curl "$ONYM_URL/onym/$(curl "$ONYM_URL/onym.js" | sha256sum | cut -c 1-16).js"
         *     ```
         */
        get: operations["getPinnedPageScript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is this?
         * @description For a browser the console, for everybody else where to go on, as JSON.
         *
         *     ```sh
         *     curl "$ONYM_URL/"
         *     ```
         */
        get: operations["getWelcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find people
         * @description By identifiers, nearest first: the very text, what begins with it, what holds it, whatever the case; and by what people say of themselves in the environment’s `matchingTraits`, where that begins with it.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/search?q=user" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recent people
         * @description Whoever was identified, linked or given traits, the one whose profile changed last first. Visitors who have nothing but events are not among them. A page may hold fewer than `limit`, or none, while `next` says that there are more.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/identities?limit=10" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listIdentities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/separations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Separations in force
         * @description Pairs of identifiers that no evidence makes one, newest first: of the environment, or of one person, whichever of her identifiers they name.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/separations" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listSeparations"];
        put?: never;
        /**
         * Keep two identifiers apart
         * @description From now on no evidence makes them one. Does not split them where they are one already.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/separations" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"a":"user_1","b":"user_9"}'
         *     ```
         */
        post: operations["separate"];
        /**
         * Lift a separation
         * @description The pair may be given in the body or in the query string.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl -X DELETE "$ONYM_URL/v1/separations?a=user_1&b=user_9" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        delete: operations["liftSeparation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I?
         * @description Needs a secret key, whatever its scopes.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/session" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in
         * @description For a browser: a secret key, or a token that is good once, for a cookie that lasts 8 hours at most and ends with its key. Needs the header `X-Onym-Console: 1`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/session" -H 'X-Onym-Console: 1' -d "{\"key\":\"$ONYM_SECRET_KEY\"}"
         *     ```
         */
        post: operations["beginSession"];
        /**
         * Sign out
         * @description Ends the session of the cookie, on every node, and takes the cookie back. Needs the header `X-Onym-Console: 1`.
         *
         *     ```sh
         *     curl -X DELETE "$ONYM_URL/v1/session" -H 'X-Onym-Console: 1'
         *     ```
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A link to sign in by
         * @description Makes a token that begins one session as the key of this request, once, within 10 minutes; it belongs behind the # of `/sign-in#token=…`. A session can not make one.
         *
         *     Needs a secret key, whatever its scopes.
         *
         *     ```sh
         *     curl -X POST "$ONYM_URL/v1/session/tokens" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        post: operations["createSignInToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who are these ids?
         * @description One entry for every id asked; one that was never linked answers with itself.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/resolve" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_ids":["anonymous-1","stripe:cus_1"]}'
         *     ```
         */
        post: operations["resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An identity
         * @description The profile of the person that an identifier belongs to. identifiers and links are paged together.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/identities/user_1" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getIdentity"];
        put?: never;
        post?: never;
        /**
         * Erase a person
         * @description Removes the whole identity, every identifier of it: events, traits, links, separations, queue entries, dead letters, and what the ledger says of them. It can not be taken back. The same ids, sent again, are strangers.
         *
         *     Needs a key with the scope `erase`.
         *
         *     ```sh
         *     curl -X DELETE "$ONYM_URL/v1/identities/user_3?by=distinct_id" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        delete: operations["eraseIdentity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An identity’s events
         * @description The merged timeline of all its identifiers, newest first.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/identities/user_1/events?limit=10" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How an identity came to be
         * @description The ledger’s rows that bear on it: that name one of its identifiers, whatever the verdict, or changed what is recorded of one. Also those of identifiers that were joined to it and taken away since, up to the row that did it. With `as_of` or `as_of_seq`, of the identity as of then, up to then.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/identities/user_1/history" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}/traits/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every value of a trait
         * @description With where each came from, newest effective time first.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/identities/user_1/traits/plan" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getTraitHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase many people
         * @description As DELETE /v1/identities/{id} does, with one receipt a person; the events of all of them are removed at once at the end. Answers lines of JSON, in the order of the ids: `erased` (with `seq` and `receipt`), `not_found`, and, last, `same_person` for ids that an earlier one has erased already; then `done`, once everything is gone, or `error`. Who leaves before the end stops it after a person; what was erased by then is completed.
         *
         *     Needs a key with the scope `erase`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/erasures?dry_run=true" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_ids":["user_1","user_2"]}'
         *     ```
         */
        post: operations["eraseIdentities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/identities/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is held of a person
         * @description One JSON object a line, each with a `type`: `identity`, then every `identifier`, `trait` value, `link` of any status, `separation`, `ledger` row that bears on them, and `event`, newest first.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/identities/user_1/export?by=distinct_id" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["exportIdentity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why two ids are one person, or not
         * @description The chain of evidence between two identifiers, and what stands between them.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/explain?a=anonymous-1&b=stripe:cus_1" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The ledger
         * @description Every operation and verdict in seq order, without gaps. With `Accept: text/event-stream`, live: one event per row, its id the seq. With `kind` or `verdict`, a page may hold fewer rows than `limit`, or none, while `next` says that there are more to be looked at.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/ledger?after=0&limit=10" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getLedger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ledger/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A row of the ledger
         * @description One operation and its verdict, by its seq.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/ledger/1" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getLedgerRow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events as they come
         * @description Live, with `Accept: text/event-stream`: each event once it is acknowledged, from the opening of the stream on. A reader who takes them too slowly (1000 wait) gets an event named `dropped` with the `count` of those left out. What came before is in a person's timeline and in SQL.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/events" -H "Authorization: Bearer $ONYM_SECRET_KEY" -N -H 'Accept: text/event-stream'
         *     ```
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a merge back
         * @description Revokes links and refolds the identity: what is left is what would have been without them. Leaves separations, so that the same evidence, sent again, is refused.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/split" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"link":1}'
         *     ```
         */
        post: operations["split"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/revert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a batch back
         * @description Revokes the links, traits and known-ness that a batch, or a key in a span of time, recorded, and refolds each identity they touched.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/revert" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"batch":"crm"}'
         *     ```
         */
        post: operations["revert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join two identifiers by hand
         * @description Judged as an alias with a secret key, and recorded as a link of the kind `manual`. With `link`, a link that a split or revert revoked, or a reviewer rejected, is made again: by its own rule, which says whom it makes known, with the rails waived that were; a separation still refuses it.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/links?dry_run=true" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_id":"user_1","alias_id":"crm:7"}'
         *     ```
         */
        post: operations["joinByHand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links/{seq}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a held or refused link
         * @description Judged again at its own place in the ledger, with only the rail waived that held it; a refused link is judged as an alias.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/identify" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_id":"user_2","anonymous_id":"stripe:cus_1"}'
         *     curl -X POST "$ONYM_URL/v1/links/4/approve" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        post: operations["approveLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links/{seq}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a held or refused link
         * @description Leaves a separation, so that the same evidence does not come back.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/identify" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"distinct_id":"user_3","anonymous_id":"stripe:cus_1"}'
         *     curl -X POST "$ONYM_URL/v1/links/6/reject" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        post: operations["rejectLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Links held for review
         * @description Newest first, each with what approving it would do.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/review" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getReview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Refused evidence, by cause
         * @description Newest first: why it was refused, which identifier is claimed, by whom, how often, and who sent it.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/conflicts" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recommended rules that calls break
         * @description One finding per rule and call site (the key and `$lib` of the calls), by rule, the most frequent first: what is wrong, and what to call instead. Best effort: at most 500 findings are kept per environment.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/lint" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getLint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rejected items
         * @description With the reason, newest first. Kept for a while: the newest of each key.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/track" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '[{"event":"page_view","distinct_id":"user_1"},{"event":"page_view"}]'
         *     curl "$ONYM_URL/v1/dead-letters" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take rejected items up again
         * @description Reads them once more, as their key sent them when it did, and applies what is acceptable by now, oldest first, 1000 at most in one request. What is taken leaves the dead letters; the rest stays. A replay that broke off can be done again: nothing counts twice.
         *
         *     Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/dead-letters/replay" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"all":true}'
         *     ```
         */
        post: operations["replayDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete rejected items
         * @description Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/dead-letters/discard" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"all":true}'
         *     ```
         */
        post: operations["discardDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events in quarantine
         * @description Acknowledged, and not taken by the event store; oldest first.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/quarantine" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give quarantined events to the event store again
         * @description Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/quarantine/replay" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"all":true}'
         *     ```
         */
        post: operations["replayQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete quarantined events
         * @description Needs a key with the scope `steer`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/quarantine/discard" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"all":true}'
         *     ```
         */
        post: operations["discardQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Environments
         * @description Those that the server serves and the key may use.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/environments" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listEnvironments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask in SQL
         * @description Read-only SQL over events, identities, identifiers and links of one environment, bounded. Sent when it is whole.
         *
         *     Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/query" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"sql":"SELECT event, uniqExact(identity_id) AS people FROM events GROUP BY event"}'
         *     ```
         */
        post: operations["query"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Saved queries
         * @description Of one environment, for all who may query it, by name.
         *
         *     Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/queries" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listSavedQueries"];
        put?: never;
        /**
         * Save a query
         * @description Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/queries" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"name":"Events by day","sql":"SELECT toDate(timestamp) AS day, count() AS events FROM events GROUP BY day ORDER BY day","chart":{"kind":"line","x":"day","y":["events"]}}'
         *     ```
         */
        post: operations["saveQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a saved query
         * @description All of it, in place of the version that was read; where somebody else has changed that meanwhile, `version-conflict`. Sending what is there already is none.
         *
         *     Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl -X PUT "$ONYM_URL/v1/queries/$(curl "$ONYM_URL/v1/queries" -H "Authorization: Bearer $ONYM_SECRET_KEY" | grep -o '[0-9a-f-]\{36\}' | head -n 1)" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"name":"All events","sql":"SELECT count() FROM events","version":1}'
         *     ```
         */
        put: operations["changeQuery"];
        post?: never;
        /**
         * Delete a saved query
         * @description Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl -X DELETE "$ONYM_URL/v1/queries/$(curl "$ONYM_URL/v1/queries" -H "Authorization: Bearer $ONYM_SECRET_KEY" | grep -o '[0-9a-f-]\{36\}' | head -n 1)" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        delete: operations["deleteSavedQuery"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What there is to ask about
         * @description The views with their columns, and the events, properties and traits seen in the newest rows, with types and examples.
         *
         *     Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/schema" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/export/{what}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A whole table
         * @description Every row, streamed, without the limits of a query. Events have their properties as they were sent, people their traits. POST /v1/import knows the tables again.
         *
         *     Needs a key with the scope `query`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/export/links?format=csv" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["exportTable"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the server does
         * @description What /metrics tells machines, for people: of an environment, of all nodes, and of the one that answers.
         *
         *     Needs a key with the scope `read`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/status" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys
         * @description Every key ever made, revoked ones included, oldest first, never with its secret: those that may use one of the environments of the key that asks.
         *
         *     Needs a key with the scope `keys`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/keys" -H "Authorization: Bearer $ONYM_SECRET_KEY"
         *     ```
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a key
         * @description Answers with its secret, which is shown this once and not kept. No key gives a scope in an environment where it does not have it itself.
         *
         *     Needs a key with the scope `keys`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/keys" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"name":"web-shop","kind":"publishable","environments":["production"],"origins":["https://shop.example"]}'
         *     ```
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/restrict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change what a key may do, or where
         * @description Replaces what is given. What is added, the key that asks must have itself; and it must be for every environment of the key that it changes.
         *
         *     Needs a key with the scope `keys`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/keys/restrict" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"name":"web-shop","scopes":["track"]}'
         *     ```
         */
        post: operations["restrictKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a key for good
         * @description At once on the server that answers, on other nodes within a second. The key that asks must be for every environment of the one that it ends, whatever the scopes of both. Keys that it has made stay. Repeating it changes nothing.
         *
         *     Needs a key with the scope `keys`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/keys/revoke" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"name":"web-shop"}'
         *     ```
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back up everything while the server goes on
         * @description For commands on the machine of the server alone (`onym backup`): takes no other key than the one that lies in the data directory. Answers lines of JSON while it works: `started`, `progress`, then `done` or `error`. Who leaves before the end stops it; the same directory goes on.
         *
         *     Needs a key with the scope `keys`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/backup" -H "Authorization: Bearer $(grep -o 'sk_local_[^"]*' "$ONYM_DATA_DIR/local-access.json")" -d "{\"directory\":\"$ONYM_DATA_DIR-backup\"}"
         *     ```
         */
        post: operations["backup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove old events
         * @description Removes the events whose own time is further back than the environment keeps them; the server does so itself once a day. Identities, traits and the ledger stay. It can not be taken back.
         *
         *     Needs a key with the scope `erase`.
         *
         *     ```sh
         *     curl "$ONYM_URL/v1/retention?dry_run=true" -H "Authorization: Bearer $ONYM_SECRET_KEY" -d '{"days":730}'
         *     ```
         */
        post: operations["runRetention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a file
         * @description CSV, NDJSON, JSON or Parquet as the body, gzip, Zstandard or plain: alias pairs, identify rows or events, or an export of PostHog, Segment, RudderStack, Mixpanel or Amplitude, as one batch. Rows are judged once the whole file has arrived. A table as GET /v1/export/{what} writes it is known by its columns, and becomes what it was. A bad row costs its neighbours nothing. The same file in the same batch goes on where an earlier run stopped. Answers lines of JSON while it works (`started`, `rejected`, `progress`, then `done` or `error`), or one object with `Accept: application/json`.
         *
         *     Needs a key with the scope `import`.
         *
         *     ```sh
         *     printf 'user_id,crm_id\nuser_1,c7\n' | curl "$ONYM_URL/v1/import?kind=alias&primary=user_id&secondary=crm_id&secondary_prefix=crm:&batch=crm" -H "Authorization: Bearer $ONYM_SECRET_KEY" -H 'Content-Type: text/csv' --data-binary @-
         *     ```
         */
        post: operations["importFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Every error of every route. */
        Error: {
            /** @constant */
            ok: false;
            /**
             * @description What kind of error, for programs.
             * @enum {string}
             */
            error_code: "invalid-json" | "invalid-payload" | "query-failed" | "invalid-api-key" | "not-signed-in" | "forbidden" | "query-refused" | "not-found" | "method-not-allowed" | "batch-conflict" | "name-conflict" | "version-conflict" | "payload-too-large" | "unsupported-media-type" | "environment-not-found" | "reserved-distinct-id" | "invalid-distinct-id" | "invalid-timestamp" | "query-too-expensive" | "review-queue-full" | "event-refused" | "too-many-requests" | "rate-limited" | "internal-error" | "overloaded" | "storage-full" | "event-store-unavailable" | "identity-store-unavailable";
            /** @description What is wrong and what to do next, for people. */
            message: string;
        };
        /** @description What became of one call. */
        Answer: {
            /** @constant */
            ok: true;
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, such as `anonymous-id-belongs-to-another-identity` or `needs-secret-key`. */
            reason?: string;
            /**
             * Format: uuid
             * @description The identity the identifier belongs to now. For keys with the scope `read`.
             */
            identity_id?: string;
            /** @description The identifier that names it. For keys with the scope `read`. */
            canonical_id?: string;
            /** @description The ledger row of this call; for a repeat, the earlier row; else null. */
            seq: number | null;
            /** @description track only: what became of the link evidence that the event carried. For keys with the scope `read`. */
            link?: {
                /**
                 * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
                 * @enum {string}
                 */
                verdict: "applied" | "unchanged" | "refused" | "held";
                /** @description Why it was refused or held, such as `anonymous-id-belongs-to-another-identity` or `needs-secret-key`. */
                reason?: string;
                /** @description Ledger row of the evidence. */
                seq: number | null;
            };
            blast_radius?: components["schemas"]["BlastRadius"];
        };
        /** @description Answer to an array with at least one good item. */
        ArrayAnswer: {
            /** @constant */
            ok: true;
            /** @description Refused and held calls count as accepted. */
            accepted: number;
            /** @description Items that were not accepted. They are kept as dead letters. */
            rejected: {
                /** @description Place in the array sent. */
                index: number;
                error_code: string;
                message: string;
            }[];
            /** @description `results[i]` answers item i; null where it was rejected. */
            results: (components["schemas"]["Answer"] | null)[];
        };
        /** @description Answer to an array without one good item. */
        ArrayError: {
            /** @constant */
            ok: false;
            /** @description That of the first item. */
            error_code: string;
            message: string;
            /** @constant */
            accepted: 0;
            /** @description Items that were not accepted. They are kept as dead letters. */
            rejected: {
                /** @description Place in the array sent. */
                index: number;
                error_code: string;
                message: string;
            }[];
            /** @description `results[i]` answers item i; null where it was rejected. */
            results: (components["schemas"]["Answer"] | null)[];
        };
        /** @description Who sent a call. */
        Source: {
            /** @description Name of the key that sent the call. */
            key: string | null;
            /** @description `$lib` of the call. */
            lib: string | null;
            /** @description Batch the call belongs to. */
            batch: string | null;
            /** @description True when a publishable key sent it. */
            public: boolean;
        };
        /** @description Recorded evidence that two identifiers are the same person. */
        Link: {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * @description What recorded it.
             * @enum {string}
             */
            kind: "identify" | "alias" | "track" | "import" | "manual";
            primary_id: string;
            secondary_id: string;
            /**
             * @description Active links join.
             * @enum {string}
             */
            status: "active" | "refused" | "held" | "approved" | "rejected" | "revoked";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Recorded within one identity: it only keeps it together. */
            redundant: boolean;
            /**
             * Format: date-time
             * @description Received.
             */
            time: string;
            /**
             * Format: date-time
             * @description The earlier of the client’s timestamp and the received time.
             */
            effective_time: string;
            /** @description Row that last changed the status. */
            status_seq: number | null;
            /** @description The held or refused link that this one approves. */
            approves: number | null;
            /** @description Guard rails that an approval waived. */
            waived: string[];
            source: components["schemas"]["Source"];
        };
        Event: {
            /** Format: uuid */
            uuid: string;
            /**
             * Format: date-time
             * @description When it happened; at most 5 minutes after it was received. Order goes by it.
             */
            timestamp: string;
            /** @description What the client said, where that lies further ahead; else null. */
            client_timestamp: string | null;
            /**
             * Format: date-time
             * @description When it was received.
             */
            received_at: string;
            event: string;
            properties: {
                [key: string]: unknown;
            };
            /** @description The identifier the event came with, unchanged by merges. */
            distinct_id: string;
            /** @description As sent. */
            anonymous_id: string | null;
            /** @description As sent. */
            device_id: string | null;
            /** @description As sent. */
            session_id: string | null;
            /**
             * Format: uuid
             * @description The identity it belongs to now.
             */
            identity_id: string;
        };
        /** @description What a call would change. Numbers are exact; lists show the first hundred. */
        BlastRadius: {
            identities: {
                before: number;
                after: number;
            };
            before: {
                /** Format: uuid */
                identity_id: string;
                canonical_id: string;
                known: boolean;
                /** @description How many it has. */
                identifiers: number;
                /** @description The first of them. */
                distinct_ids: string[];
            }[];
            after: {
                /** Format: uuid */
                identity_id: string;
                canonical_id: string;
                known: boolean;
                /** @description How many it has. */
                identifiers: number;
                /** @description The first of them. */
                distinct_ids: string[];
            }[];
            identifiers: {
                /** @description Identifiers whose canonical id would change. */
                moved: number;
                listed: {
                    distinct_id: string;
                    from: string;
                    to: string;
                }[];
            };
            /** @description Events that would change hands. */
            events: number;
            traits: {
                changed: number;
                listed: {
                    canonical_id: string;
                    key: string;
                    /** @description Left out when there is no such trait. */
                    from?: unknown;
                    to?: unknown;
                }[];
            };
        };
        /** @description Guard rails, defaults included. */
        Settings: {
            /** @description A link that would make a larger identity is held. */
            identifiersPerIdentityMax: number;
            /** @description Maxima per identity for a type, the prefix before the first `:`. */
            identifiersPerTypeMax: {
                [key: string]: number;
            };
            /**
             * @description What becomes of a publishable key’s alias that would rename a known person.
             * @enum {string}
             */
            publicKeyMerges: "hold" | "apply";
            /** @description An id that matches one is anonymous by form. */
            anonymousPatterns: string[];
            /** @description An id that matches one names nobody. */
            reservedPatterns: string[];
        };
        /** @description How much was erased. It names nobody. */
        ErasureReceipt: {
            /**
             * Format: uuid
             * @description Random; the ledger has it too.
             */
            id: string;
            /**
             * Format: date-time
             * @description Time of the ledger row. Of a dry run: now.
             */
            erased_at: string;
            /** @description Identifiers of the identity. */
            identifiers: number;
            /** @description Events of any of them. */
            events: number;
            /** @description Links that named one, of any status. */
            links: number;
            /** @description Trait values, earlier ones included. */
            traits: number;
            /** @description Rows of the ledger that were rewritten. */
            ledger_rows: number;
            /** @description Rejected items that named one. */
            dead_letters: number;
            /** @description Separations that named one, lifted ones included. */
            separations: number;
        };
        /** @description What a ledger row did: `merged`, two identities became one; `linked`, more evidence within one identity; `refused`, evidence was turned down; see reason; `held`, evidence waits for review; see reason; `identified`, an identifier was named by an identify for the first time; `traits-changed`, trait values were set; `split`, links of one pair, or of the smallest cut, were revoked; `reverted`, what a batch or a key recorded was revoked; `separated`, two identifiers must not be one person from now on; `lifted`, a separation ended; `rejected`, a reviewer turned a link down; `settings-changed`, other guard rails are in force from here on; `erased`, an erasure, or a row that an erasure emptied. */
        LedgerKinds: ("merged" | "linked" | "refused" | "held" | "identified" | "traits-changed" | "split" | "reverted" | "separated" | "lifted" | "rejected" | "settings-changed" | "erased")[];
        /** @description One accepted operation and its verdict. Its own fields follow the common ones. */
        LedgerRow: {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "identify" | "alias" | "track" | "approve";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            /** @description The id that this row makes known. */
            identified: string | null;
            /** @description The distinct_id of an identify, which gets the traits. */
            subject: string | null;
            traits: {
                key: string;
                /** @description Any JSON. */
                value: unknown;
                /** @description Set by traits_once. */
                once: boolean;
            }[];
            /** @description Null where none was asked for, or it repeats one. */
            link: {
                /**
                 * @description What recorded it.
                 * @enum {string}
                 */
                kind: "identify" | "alias" | "track" | "import" | "manual";
                /** @description The side whose name stays. */
                primary_id: string;
                /** @description The side that joins it. */
                secondary_id: string;
                /**
                 * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
                 * @enum {string}
                 */
                verdict: "applied" | "unchanged" | "refused" | "held";
                /** @description Why it was refused or held, or null. */
                reason: string | null;
                /** @description Guard rails that an approval waived. */
                waived: string[];
                /** @description The held or refused link that it approves. */
                approves: number | null;
            } | null;
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "split";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            /** @description Number of a ledger row. A link is named by the row of its call. */
            link?: number;
            /** @description One identifier. */
            a?: string;
            /** @description The other. */
            b?: string;
            /** @description Those taken out of their identity. */
            distinct_ids?: string[];
            /** @description Links revoked. */
            revoked: number[];
            /** @description Pairs newly separated. */
            separations: string[][];
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "separate" | "lift";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            /** @description One identifier. */
            a: string;
            /** @description The other. */
            b: string;
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "revert";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            scope: {
                batch: string;
            } | {
                key: string;
                /**
                 * Format: date-time
                 * @description From this moment …
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description … to this one.
                 */
                to: string;
            };
            /** @description Rows taken back. */
            revoked: number[];
            /** @description Pairs newly separated. */
            separations: string[][];
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "reject";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            /** @description Number of a ledger row. A link is named by the row of its call. */
            link: number;
            /** @description One identifier. */
            a: string;
            /** @description The other. */
            b: string;
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "settings";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            /** @description Guard rails from this row on. */
            settings: {
                /** @description The edition of the engine’s own rules. */
                rules?: number;
                /** @description A link that would make a larger identity is held. */
                identifiersPerIdentityMax?: number;
                /** @description Maxima per identity for a type, the prefix before the first `:`. */
                identifiersPerTypeMax?: {
                    [key: string]: number;
                };
                /**
                 * @description What becomes of a publishable key’s alias that would rename a known person.
                 * @enum {string}
                 */
                publicKeyMerges?: "hold" | "apply";
                /** @description An id that matches one is anonymous by form. */
                anonymousPatterns?: string[];
                /** @description An id that matches one names nobody. */
                reservedPatterns?: string[];
            };
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "erased";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
        } | {
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /**
             * Format: date-time
             * @description Received; never decreases along the ledger.
             */
            time: string;
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "erase";
            kinds: components["schemas"]["LedgerKinds"];
            /**
             * @description `applied`: it changed something. `unchanged`: it was so already. `refused`, `held`: it joins nothing; see `reason`.
             * @enum {string}
             */
            verdict: "applied" | "unchanged" | "refused" | "held";
            /** @description Why it was refused or held, or null. */
            reason: string | null;
            /** @description The client’s timestamp. */
            timestamp: string | null;
            source: components["schemas"]["Source"];
            receipt: components["schemas"]["ErasureReceipt"];
        };
        /** @description What became of an id; then `done`, or `error`. */
        ErasureLine: {
            /** @constant */
            type: "erased";
            /** @description The id, as it was sent. */
            distinct_id: string;
            /** @description Null in a dry run. */
            seq: number | null;
            receipt: components["schemas"]["ErasureReceipt"];
        } | {
            /** @constant */
            type: "not_found";
            /** @description The id, as it was sent. */
            distinct_id: string;
        } | {
            /** @constant */
            type: "same_person";
            /** @description The id, as it was sent. */
            distinct_id: string;
            /** @description The earlier id that is the same person. */
            erased_with: string;
        } | {
            /** @constant */
            type: "done";
            dry_run: boolean;
            /** @description People. */
            erased: number;
            /** @description Ids that nobody knows. */
            not_found: number;
            /** @description Ids of people who were erased already. */
            same_person: number;
        } | {
            /** @constant */
            type: "error";
            /** @constant */
            ok: false;
            error_code: string;
            message: string;
        };
        /** @description A piece of all that is held of a person. */
        PersonLine: {
            /** @constant */
            type: "identity";
            /**
             * Format: uuid
             * @description Node id of the canonical id.
             */
            identity_id: string;
            /** @description The identifier that names the identity. */
            canonical_id: string;
            /** @description True once an identify (or the like) named one of its identifiers. */
            known: boolean;
            created_at: string | null;
            /** @description Of all pages. */
            identifier_count: number;
            /** @description The value in force of each key. */
            traits: {
                [key: string]: unknown;
            };
            event_count: number;
            first_seen: string | null;
            last_seen: string | null;
        } | {
            /** @constant */
            type: "identifier";
            /** @description The identifier. 1 to 512 bytes of UTF-8. */
            distinct_id: string;
            known: boolean;
            first_seen: string | null;
        } | {
            /** @constant */
            type: "trait";
            key: string;
            /** @description Any JSON. */
            value: unknown;
            /** @description Set by traits_once. */
            once: boolean;
            /** @description The identifier it was set on. 1 to 512 bytes of UTF-8. */
            distinct_id: string;
            /**
             * Format: date-time
             * @description Received.
             */
            time: string;
            /**
             * Format: date-time
             * @description The earlier of the client’s timestamp and the received time.
             */
            effective_time: string;
            /** @description Ledger row that set it. */
            seq: number;
            /** @description Ledger row that took it back. */
            revoked_seq: number | null;
            source: components["schemas"]["Source"];
        } | ({
            /** @constant */
            type: "link";
        } & components["schemas"]["Link"]) | {
            /** @constant */
            type: "separation";
            a: string;
            b: string;
            /** @description Number of a ledger row. A link is named by the row of its call. */
            seq: number;
            /** @description Ledger row that lifted it. */
            lifted_seq: number | null;
        } | ({
            /** @constant */
            type: "ledger";
        } & components["schemas"]["LedgerRow"]) | ({
            /** @constant */
            type: "event";
        } & components["schemas"]["Event"]);
        /** @description How far an import is; then `done`, or `error`. */
        ImportLine: {
            /** @constant */
            type: "started";
            /** @description POST /v1/revert takes it back under this name. */
            batch: string;
            /**
             * @description Of the file.
             * @enum {string}
             */
            format: "csv" | "ndjson" | "json" | "parquet";
            /** @description Of the file, decompressed. */
            bytes: number;
            dry_run: boolean;
            /** @description What the file is, in a sentence or two. */
            recognised: string;
            /** @description What each column is taken for, in words. */
            mapping: {
                [key: string]: string;
            };
            /** @description Those without a meaning, 50 at most. */
            ignored_columns: string[];
            /** @description The rest of them. */
            more_ignored_columns: number;
            /** @description Where an earlier run of the batch stopped; 0 for none. */
            resumed_after_line: number;
        } | {
            /** @constant */
            type: "rejected";
            /** @description Of the file, from 1; of Parquet and JSON, the row. */
            line: number;
            /** @enum {string} */
            verdict: "invalid" | "refused" | "held";
            /** @description Of an invalid row; else the reason. */
            error_code: string;
            message: string;
            /** @description The row, by column; or as much of it as can be read. */
            row: unknown;
        } | {
            /** @constant */
            type: "progress";
            rows: number;
            bytes: number;
            /** @description Rows, by verdict. */
            counts: {
                applied: number;
                unchanged: number;
                refused: number;
                held: number;
                invalid: number;
            };
        } | {
            /** @constant */
            type: "done";
            /** @constant */
            ok: true;
            /** @description POST /v1/revert takes it back under this name. */
            batch: string;
            dry_run: boolean;
            /** @description True when an earlier run had finished this file in this batch. */
            finished_before: boolean;
            rows: number;
            /** @description Rows, by verdict. */
            counts: {
                applied: number;
                unchanged: number;
                refused: number;
                held: number;
                invalid: number;
            };
            /** @description Of refused, held and invalid rows. */
            reasons: {
                [key: string]: number;
            };
            /** @description Of events: verdicts of the link evidence they carried. */
            links: {
                [key: string]: number;
            };
            /** @description Of a table that Onym exported: rows that join nothing, as they did not there, by the reason. */
            skipped: {
                [key: string]: number;
            };
            /** @description For keys with the scope `read`. */
            largest_identities?: {
                canonical_id: string;
                identifiers: number;
            }[];
            warnings: string[];
        } | {
            /** @constant */
            type: "error";
            /** @constant */
            ok: false;
            error_code: string;
            message: string;
        };
        /** @description How far a backup is; then `done`, or `error`. */
        BackupLine: {
            /** @constant */
            type: "started";
            directory: string;
            /** @description It goes on with what an earlier one has left. */
            resumed: boolean;
        } | {
            /** @constant */
            type: "progress";
            /** @description What is copied now. */
            what: string;
            bytes: number;
            bytes_max: number;
        } | {
            /** @constant */
            type: "done";
            directory: string;
            /**
             * Format: date-time
             * @description All that was acknowledged before is in it.
             */
            began_at: string;
            /**
             * Format: date-time
             * @description When it was whole.
             */
            finished_at: string;
            environments: string[];
            files: number;
            bytes: number;
        } | {
            /** @constant */
            type: "error";
            /** @constant */
            ok: false;
            error_code: string;
            message: string;
        };
        /** @description An API key. Its secret is not kept. */
        Key: {
            /** @description What the ledger calls it. Never given again, revoked or not. */
            name: string;
            /**
             * @description `publishable` (pk_…): for pages and apps, where anyone can read it. `secret` (sk_…): for servers and people.
             * @enum {string}
             */
            kind: "publishable" | "secret";
            /** @description What it may do. */
            scopes: ("track" | "identify" | "alias" | "query" | "read" | "steer" | "erase" | "import" | "metrics" | "keys")[];
            /** @description Where. */
            environments: string[];
            /** @description Pages that a publishable key may be used from; null: all. */
            origins: string[] | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Name of the key that made it; `local`: the command line; null: the first start, or before this was noted. */
            created_by: string | null;
            /** @description Some seconds late at most; null: never. */
            last_used_at: string | null;
            /** @description Null while it works. */
            revoked_at: string | null;
            /** @description As `created_by`; null while it works. */
            revoked_by: string | null;
        };
        /** @description A query that people come back to. */
        SavedQuery: {
            /** Format: uuid */
            id: string;
            /** @description Another for each saved query of the environment. */
            name: string;
            /** @description The statement. It is not checked before it is run. */
            sql: string;
            /** @description Null where none was chosen. */
            chart: {
                /**
                 * @description How the result is drawn.
                 * @enum {string}
                 */
                kind: "table" | "line" | "bar";
                /** @description Column along the axis; null for a table. */
                x: string | null;
                /** @description Columns that are drawn; none for a table. */
                y: string[];
            } | null;
            /** @description One more with each change. */
            version: number;
            /** @description Name of the key that saved this version. */
            saved_by: string;
            /**
             * Format: date-time
             * @description When it did.
             */
            saved_at: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    track: {
        parameters: {
            query?: {
                /** @description Answer only once the next query of anyone sees the call. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description What happened. At most 512 bytes.
                     * @example signup
                     */
                    event: string;
                    distinct_id?: (string | number) | null;
                    anonymous_id?: (string | number) | null;
                    device_id?: (string | number) | null;
                    /** @description The session. */
                    session_id?: string | number | null;
                    /** @description Anything about the event; `$lib` names the sending library. At most 262144 bytes. */
                    properties?: {
                        [key: string]: unknown;
                    };
                    /** @description Names the event: the same one for the same distinct_id counts once. Without it an event that carries session_id and timestamp is named by its content. */
                    uuid?: string | number;
                    /** @description Same as `uuid`, which goes before it. */
                    message_id?: string | number;
                    /** @description When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds. */
                    timestamp?: string | number | null;
                    /**
                     * @description Environment the item is for. Items of an array may differ.
                     * @default production
                     */
                    environment?: string;
                    /** @description Names a batch that the call belongs to, so that it can be reverted as one. */
                    batch?: string;
                    context?: {
                        library?: {
                            /** @description Same as `$lib`. */
                            name?: string;
                        };
                    };
                } | {
                    /**
                     * @description What happened. At most 512 bytes.
                     * @example signup
                     */
                    event: string;
                    distinct_id?: (string | number) | null;
                    anonymous_id?: (string | number) | null;
                    device_id?: (string | number) | null;
                    /** @description The session. */
                    session_id?: string | number | null;
                    /** @description Anything about the event; `$lib` names the sending library. At most 262144 bytes. */
                    properties?: {
                        [key: string]: unknown;
                    };
                    /** @description Names the event: the same one for the same distinct_id counts once. Without it an event that carries session_id and timestamp is named by its content. */
                    uuid?: string | number;
                    /** @description Same as `uuid`, which goes before it. */
                    message_id?: string | number;
                    /** @description When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds. */
                    timestamp?: string | number | null;
                    /**
                     * @description Environment the item is for. Items of an array may differ.
                     * @default production
                     */
                    environment?: string;
                    /** @description Names a batch that the call belongs to, so that it can be reverted as one. */
                    batch?: string;
                    context?: {
                        library?: {
                            /** @description Same as `$lib`. */
                            name?: string;
                        };
                    };
                }[];
            };
        };
        responses: {
            /** @description Durable. An object for an object, an array’s answer for an array. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"] | components["schemas"]["ArrayAnswer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The item, or every item of the array, was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"] | components["schemas"]["ArrayError"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    identify: {
        parameters: {
            query?: {
                /** @description Answer what would happen, and write nothing. Secret keys only; the `blast_radius` needs the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees the call. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The user’s own id. It is known from now on. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    distinct_id: string | number;
                    anonymous_id?: (string | number) | null;
                    /** @description Set on distinct_id. At most 500 with those of traits_once. */
                    traits?: {
                        [key: string]: unknown;
                    };
                    /** @description Set unless the identity has a value already; the earliest wins. */
                    traits_once?: {
                        [key: string]: unknown;
                    };
                    /** @description When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds. */
                    timestamp?: string | number | null;
                    /**
                     * @description Environment the item is for. Items of an array may differ.
                     * @default production
                     */
                    environment?: string;
                    /** @description Names a batch that the call belongs to, so that it can be reverted as one. */
                    batch?: string;
                    context?: {
                        library?: {
                            /** @description Same as `$lib`. */
                            name?: string;
                        };
                    };
                } | {
                    /** @description The user’s own id. It is known from now on. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    distinct_id: string | number;
                    anonymous_id?: (string | number) | null;
                    /** @description Set on distinct_id. At most 500 with those of traits_once. */
                    traits?: {
                        [key: string]: unknown;
                    };
                    /** @description Set unless the identity has a value already; the earliest wins. */
                    traits_once?: {
                        [key: string]: unknown;
                    };
                    /** @description When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds. */
                    timestamp?: string | number | null;
                    /**
                     * @description Environment the item is for. Items of an array may differ.
                     * @default production
                     */
                    environment?: string;
                    /** @description Names a batch that the call belongs to, so that it can be reverted as one. */
                    batch?: string;
                    context?: {
                        library?: {
                            /** @description Same as `$lib`. */
                            name?: string;
                        };
                    };
                }[];
            };
        };
        responses: {
            /** @description Durable. An object for an object, an array’s answer for an array. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"] | components["schemas"]["ArrayAnswer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The item, or every item of the array, was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"] | components["schemas"]["ArrayError"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    alias: {
        parameters: {
            query?: {
                /** @description Answer what would happen, and write nothing. Secret keys only; the `blast_radius` needs the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees the call. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The identifier whose identity stays. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    distinct_id: string | number;
                    /** @description The identifier that joins it. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    alias_id?: string | number;
                    /** @description Another name of alias_id; both given must be equal. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    new_user_id?: string | number;
                    /** @description When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds. */
                    timestamp?: string | number | null;
                    /**
                     * @description Environment the item is for. Items of an array may differ.
                     * @default production
                     */
                    environment?: string;
                    /** @description Names a batch that the call belongs to, so that it can be reverted as one. */
                    batch?: string;
                    context?: {
                        library?: {
                            /** @description Same as `$lib`. */
                            name?: string;
                        };
                    };
                } | {
                    /** @description The identifier whose identity stays. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    distinct_id: string | number;
                    /** @description The identifier that joins it. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    alias_id?: string | number;
                    /** @description Another name of alias_id; both given must be equal. 1 to 512 bytes of UTF-8, never cut or case-folded; a whole number is its digits. */
                    new_user_id?: string | number;
                    /** @description When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds. */
                    timestamp?: string | number | null;
                    /**
                     * @description Environment the item is for. Items of an array may differ.
                     * @default production
                     */
                    environment?: string;
                    /** @description Names a batch that the call belongs to, so that it can be reverted as one. */
                    batch?: string;
                    context?: {
                        library?: {
                            /** @description Same as `$lib`. */
                            name?: string;
                        };
                    };
                }[];
            };
        };
        responses: {
            /** @description Durable. An object for an object, an array’s answer for an array. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"] | components["schemas"]["ArrayAnswer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The item, or every item of the array, was rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"] | components["schemas"]["ArrayError"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                    };
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: {
                /** @description Ask for events alone: without PostgreSQL they are kept all the same, and identities are not. */
                calls?: "track";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @constant */
                        ready: true;
                        /** @description Why not, for people; empty when ready. */
                        reasons: string[];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description They can not be, and why: starting, stopping, a full disk, a full journal, no PostgreSQL. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"] & {
                        /** @constant */
                        ready: false;
                        /** @description Why not, for people; empty when ready. */
                        reasons: string[];
                    };
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getPageScript: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPinnedPageScript: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `<hash>.js`, as `onym snippet --pin` prints it. */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getWelcome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where to go on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
        };
    };
    search: {
        parameters: {
            query: {
                /** @description Name of the environment. */
                environment?: string;
                /**
                 * @description What is searched for, as it stands: no character of it has a meaning of its own. At most 512 bytes.
                 * @example ada@
                 */
                q: string;
                /** @description `prefix`: only what begins with it and is in the identity store, by an index, in a few milliseconds. `substring`: where that is not enough, also what holds it, and visitors who have nothing but events. */
                depth?: "prefix" | "substring";
                /** @description Identifiers, and values of traits, that are listed at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        identifiers: {
                            distinct_id: string;
                            /**
                             * Format: uuid
                             * @description Node id of the canonical id.
                             */
                            identity_id: string;
                            /** @description The identifier that names the identity. */
                            canonical_id: string;
                            /** @description True once an identify (or the like) named one of its identifiers. */
                            known: boolean;
                            /** @enum {string} */
                            match: "exact" | "prefix" | "substring";
                            /** @description False for the very text that is asked for and that nobody ever sent: it answers for itself, as in /v1/resolve. Null where `depth=prefix` did not look among events. */
                            seen: boolean | null;
                        }[];
                        traits: {
                            key: string;
                            /** @description As it was sent. */
                            value: unknown;
                            /** @description The identifier it was set on. */
                            distinct_id: string;
                            /**
                             * Format: uuid
                             * @description Node id of the canonical id.
                             */
                            identity_id: string;
                            /** @description The identifier that names the identity. */
                            canonical_id: string;
                            /** @description True once an identify (or the like) named one of its identifiers. */
                            known: boolean;
                        }[];
                        /** @description False where there may be more: the lists are full, or the time for looking was over. */
                        complete: boolean;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listIdentities: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        identities: {
                            /**
                             * Format: uuid
                             * @description Node id of the canonical id.
                             */
                            identity_id: string;
                            /** @description The identifier that names the identity. */
                            canonical_id: string;
                            /** @description True once an identify (or the like) named one of its identifiers. */
                            known: boolean;
                            identifier_count: number;
                            /**
                             * Format: date-time
                             * @description Earliest effective time of what holds it together.
                             */
                            created_at: string;
                            /**
                             * Format: date-time
                             * @description When its profile changed last: received time.
                             */
                            changed_at: string;
                            /** @description A ledger row at or after the one that changed it, of the same moment: it has not changed since. */
                            changed_seq: number;
                            event_count: number;
                            first_seen: string | null;
                            last_seen: string | null;
                        }[];
                        /** @description Where identities go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSeparations: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Only those of the person it belongs to. 1 to 512 bytes of UTF-8. */
                distinct_id?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        separations: {
                            a: string;
                            b: string;
                            /** @description Ledger row that stated it: GET /v1/ledger/:seq says when and who. */
                            seq: number;
                        }[];
                        /** @description Where separations go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    separate: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description One identifier. */
                    a: string;
                    /** @description Another. */
                    b: string;
                };
            };
        };
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    liftSeparation: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
                /** @description Name of the environment. */
                environment?: string;
                /** @description One identifier. */
                a?: string;
                /** @description Another. */
                b?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key that requests are made as. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description The secret key that this is done as. */
                        key: {
                            /** @description What the ledger calls it. */
                            name: string;
                            /** @description What it may do. */
                            scopes: string[];
                            /** @description Where. */
                            environments: string[];
                        };
                        /** @description When the session ends; null where the request came with a key. */
                        expires_at: string | null;
                    };
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    beginSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A secret key. */
                    key?: string;
                    /** @description In place of a key: what a link of `onym serve` or `onym console` holds. */
                    token?: string;
                };
            };
        };
        responses: {
            /** @description Signed in; the answer sets the cookie. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description The secret key that this is done as. */
                        key: {
                            /** @description What the ledger calls it. */
                            name: string;
                            /** @description What it may do. */
                            scopes: string[];
                            /** @description Where. */
                            environments: string[];
                        };
                        /**
                         * Format: date-time
                         * @description When the session ends.
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out, or nobody was signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                    };
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSignInToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token. It is shown once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        token: string;
                        /** @description The secret key that this is done as. */
                        key: {
                            /** @description What the ledger calls it. */
                            name: string;
                            /** @description What it may do. */
                            scopes: string[];
                            /** @description Where. */
                            environments: string[];
                        };
                        /**
                         * Format: date-time
                         * @description Until when it can be used.
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resolve: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /**
                     * @description At most 10000. A whole number is its digits.
                     * @example [
                     *       "user_123",
                     *       "anonymous-1"
                     *     ]
                     */
                    distinct_ids: string[];
                    /** @description Answer as of this received time (ISO 8601). */
                    as_of?: string | number;
                    /** @description Answer as of this ledger row. */
                    as_of_seq?: number;
                };
            };
        };
        responses: {
            /** @description The identities. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description By distinct_id. */
                        identities: {
                            [key: string]: {
                                /**
                                 * Format: uuid
                                 * @description Node id of the canonical id.
                                 */
                                identity_id: string;
                                /** @description The identifier that names the identity. */
                                canonical_id: string;
                                /** @description True once an identify (or the like) named one of its identifiers. */
                                known: boolean;
                            };
                        };
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getIdentity: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Answer as of this received time (ISO 8601): the last ledger row at or before it. */
                as_of?: string;
                /** @description Answer as of this ledger row. */
                as_of_seq?: number;
                /** @description How to read the id. Without it, a UUID is read first as an identity_id (or node id), then as a distinct_id. */
                by?: "distinct_id" | "identity_id";
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path: {
                /** @description A distinct_id, percent-encoded, or an identity_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The identity. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: uuid
                         * @description Node id of the canonical id.
                         */
                        identity_id: string;
                        /** @description The identifier that names the identity. */
                        canonical_id: string;
                        /** @description True once an identify (or the like) named one of its identifiers. */
                        known: boolean;
                        created_at: string | null;
                        /** @description Of all pages. */
                        identifier_count: number;
                        /** @description The value in force of each key. */
                        traits: {
                            [key: string]: unknown;
                        };
                        event_count: number;
                        first_seen: string | null;
                        last_seen: string | null;
                        /** @description Ascending by distinct_id. */
                        identifiers: {
                            /** @description The identifier. 1 to 512 bytes of UTF-8. */
                            distinct_id: string;
                            known: boolean;
                            first_seen: string | null;
                        }[];
                        /** @description Where each of the traits comes from. */
                        trait_origins: {
                            [key: string]: {
                                /** @description The identifier it was set on. 1 to 512 bytes of UTF-8. */
                                distinct_id: string;
                                /**
                                 * Format: date-time
                                 * @description The earlier of the client’s timestamp and the received time.
                                 */
                                time: string;
                                /** @description Ledger row that set it. */
                                seq: number;
                                /** @description Set by traits_once. */
                                once: boolean;
                            };
                        };
                        /** @description Ascending by seq. */
                        links: components["schemas"]["Link"][];
                        /** @description Where identifiers and links go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    eraseIdentity: {
        parameters: {
            query: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description How to read the id. */
                by: "distinct_id" | "identity_id";
                /** @description Count; erase nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description A distinct_id, percent-encoded, or an identity_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @constant */
                        verdict: "applied";
                        /** @description Ledger row of the erasure; null in a dry run. */
                        seq: number | null;
                        receipt: components["schemas"]["ErasureReceipt"];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getTimeline: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description How to read the id. Without it, a UUID is read first as an identity_id (or node id), then as a distinct_id. */
                by?: "distinct_id" | "identity_id";
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before, or a moment (ISO 8601): events earlier than it. */
                before?: string;
                /** @description Only events of this name. */
                event?: string;
            };
            header?: never;
            path: {
                /** @description A distinct_id, percent-encoded, or an identity_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        events: components["schemas"]["Event"][];
                        /** @description Where events go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Answer as of this received time (ISO 8601): the last ledger row at or before it. */
                as_of?: string;
                /** @description Answer as of this ledger row. */
                as_of_seq?: number;
                /** @description How to read the id. Without it, a UUID is read first as an identity_id (or node id), then as a distinct_id. */
                by?: "distinct_id" | "identity_id";
                /** @description `asc`: as it happened. `desc`: newest first. */
                order?: "asc" | "desc";
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path: {
                /** @description A distinct_id, percent-encoded, or an identity_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of rows; none for an identity that has only events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rows: components["schemas"]["LedgerRow"][];
                        /** @description Where rows go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getTraitHistory: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description How to read the id. Without it, a UUID is read first as an identity_id (or node id), then as a distinct_id. */
                by?: "distinct_id" | "identity_id";
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path: {
                /** @description A distinct_id, percent-encoded, or an identity_id. */
                id: string;
                /** @description Key of the trait. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The values. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: string;
                        values: {
                            /** @description Any JSON. */
                            value: unknown;
                            /** @description Set by traits_once. */
                            once: boolean;
                            /** @description The identifier it was set on. 1 to 512 bytes of UTF-8. */
                            distinct_id: string;
                            /**
                             * Format: date-time
                             * @description Received.
                             */
                            time: string;
                            /**
                             * Format: date-time
                             * @description The earlier of the client’s timestamp and the received time.
                             */
                            effective_time: string;
                            /** @description Ledger row that set it. */
                            seq: number;
                            /** @description Ledger row that took it back. */
                            revoked_seq: number | null;
                            source: components["schemas"]["Source"];
                        }[];
                        /** @description Where values go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    eraseIdentities: {
        parameters: {
            query?: {
                /** @description Count; erase nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description At most 10000. A whole number is its digits. */
                    distinct_ids: string[];
                };
            };
        };
        responses: {
            /** @description What became of each. Lines of JSON, each as described. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ErasureLine"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    exportIdentity: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description How to read the id. */
                by?: "distinct_id" | "identity_id";
            };
            header?: never;
            path: {
                /** @description A distinct_id, percent-encoded, or an identity_id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All that is held. Lines of JSON, each as described. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["PersonLine"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    explain: {
        parameters: {
            query: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description One identifier. */
                a: string;
                /** @description Another. */
                b: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The evidence. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description True when both are one identity. */
                        same: boolean;
                        /** @description A shortest chain of active links from a to b; empty when they are not one. */
                        path: components["schemas"]["Link"][];
                        /** @description Refused evidence between their identities. */
                        refused: components["schemas"]["Link"][];
                        /** @description Held evidence between their identities. */
                        held: components["schemas"]["Link"][];
                        /** @description Standing statements that keep them apart. */
                        separations: {
                            a: string;
                            b: string;
                            seq: number;
                        }[];
                        /** @description Where they nearly met; null when they are one, or nowhere. */
                        neighbour: {
                            /** @description The identity that has turned-down evidence with both. */
                            canonical_id: string;
                            /** @description From a to b: turned-down evidence at the ends, active links between. */
                            path: components["schemas"]["Link"][];
                        } | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getLedger: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Rows after this seq, or `next` of the page before. 0, the default, is the beginning; `head` is the end: only what is new. */
                after?: string;
                /** @description Instead of `after`: rows before this seq, or `next` of the page before, newest first. `head` begins with the newest. */
                before?: string;
                /**
                 * @description Only rows of one of these `kinds`, separated by commas.
                 * @example merged,split
                 */
                kind?: string;
                /**
                 * @description Only rows with one of these verdicts, separated by commas.
                 * @example refused,held
                 */
                verdict?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
            };
            header?: {
                /** @description Seq of the last row of the stream that was cut; goes before `after`. */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of rows, or the live stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rows: components["schemas"]["LedgerRow"][];
                        /** @description Where rows go on; null at the end. */
                        next: string | null;
                    };
                    "text/event-stream": string;
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getLedgerRow: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
            };
            header?: never;
            path: {
                /** @description Number of the row. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The row. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerRow"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Only events of this person: of the identity that the identifier belongs to then. */
                distinct_id?: string;
                /** @description Only events of this name. */
                event?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The live stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    split: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description Revoke this link and every other on its pair. */
                    link?: number;
                    /** @description Disconnect this identifier … */
                    distinct_id?: string;
                    /** @description … from this one, at the smallest cut. */
                    from?: string;
                    /** @description Take these identifiers out of their identity: what holds them together stays, and what holds the rest together. */
                    distinct_ids?: string[];
                };
            };
        };
        responses: {
            /** @description The verdict, and what was revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"] & {
                        /** @description Links revoked. */
                        revoked: number[];
                        /** @description Pairs newly separated. For keys with the scope `read`. */
                        separations?: {
                            a: string;
                            b: string;
                        }[];
                        /** @description True when other evidence still makes the two one identity. */
                        still_connected: boolean;
                        /** @description That evidence; empty in a dry run. For keys with the scope `read`. */
                        path?: components["schemas"]["Link"][];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revert: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description Take back everything this batch recorded. */
                    batch?: string;
                    /** @description Take back everything this key sent … */
                    key?: string;
                    /** @description … received from this moment … */
                    from?: string | number;
                    /** @description … to this one, both included. */
                    to?: string | number;
                    /** @description Leave a separation on each revoked link. */
                    separate?: boolean;
                };
            };
        };
        responses: {
            /** @description What was taken back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description `applied`, or `unchanged` when it was taken back already. */
                        verdict: string;
                        /** @description Ledger rows of the revert, one for each group of identities. */
                        seqs: number[];
                        /** @description Rows taken back. */
                        revoked: number;
                        /** @description Pairs newly separated. */
                        separations: number;
                        blast_radius?: components["schemas"]["BlastRadius"];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    joinByHand: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description The identifier that stays the name … */
                    distinct_id?: string;
                    /** @description … and another one of the same person. */
                    alias_id?: string;
                    /** @description Instead: a link that was revoked or rejected, to be made again. */
                    link?: number;
                };
            };
        };
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    approveLink: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
                /** @description Name of the environment. */
                environment?: string;
            };
            header?: never;
            path: {
                /** @description Name of the link. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rejectLink: {
        parameters: {
            query?: {
                /** @description Judge and preview; write nothing. The answer has a `blast_radius`, for keys with the scope `read`. */
                dry_run?: boolean;
                /** @description Answer only once the next query of anyone sees it. */
                sync?: boolean;
                /** @description Name of the environment. */
                environment?: string;
            };
            header?: never;
            path: {
                /** @description Name of the link. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getReview: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
                /** @description false leaves out what approving each would do, which is what takes time. */
                blast_radius?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        held: {
                            link: components["schemas"]["Link"];
                            repeats: number;
                            blast_radius?: components["schemas"]["BlastRadius"];
                        }[];
                        /** @description For the next page; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getConflicts: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        conflicts: {
                            reason: string;
                            /** @description The identifier that is claimed. */
                            distinct_id: string;
                            /** @description Calls, repeats included. */
                            count: number;
                            /** Format: date-time */
                            first_time: string;
                            /** Format: date-time */
                            last_time: string;
                            /** @description Who claims it; at most ten. */
                            claimants: string[];
                            /** @description The newest links; POST /v1/links/:seq/approve applies one after all. */
                            links: components["schemas"]["Link"][];
                            sources: {
                                key: string | null;
                                lib: string | null;
                                count: number;
                            }[];
                        }[];
                        /** @description For the next page; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getLint: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description The rule that is broken. */
                rule?: "alias-at-login" | "alias-before-identify" | "missing-prefix" | "chained-alias" | "repeated-alias" | "no-stable-canonical" | "shared-identifier" | "reserved-id" | "near-miss-id" | "clock-skew" | "unknown-field";
                /** @description Leave out findings whose last call came before this moment (ISO 8601). */
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        findings: {
                            /** @description The rule that is broken. */
                            rule: "alias-at-login" | "alias-before-identify" | "missing-prefix" | "chained-alias" | "repeated-alias" | "no-stable-canonical" | "shared-identifier" | "reserved-id" | "near-miss-id" | "clock-skew" | "unknown-field";
                            /** @description Calls that broke it. */
                            count: number;
                            /**
                             * Format: date-time
                             * @description Of the first of them.
                             */
                            first_time: string;
                            /**
                             * Format: date-time
                             * @description Of the last.
                             */
                            last_time: string;
                            /** @description Name of the key that sent them. */
                            key: string | null;
                            /** @description Their `$lib`. */
                            lib: string | null;
                            /** @description What is wrong, in one sentence. */
                            problem: string;
                            /** @description What to call instead, with the ids of the first example. */
                            instead: string;
                            /** @description The newest calls, no two with the same ids and field; at most five. */
                            examples: {
                                call: "track" | "identify" | "alias";
                                /**
                                 * Format: date-time
                                 * @description Received.
                                 */
                                time: string;
                                /** @description As sent; on track, the first id present. */
                                distinct_id?: string;
                                /** @description As sent. */
                                alias_id?: string;
                                /** @description As sent; on alias, the side that is anonymous. */
                                anonymous_id?: string;
                                /** @description As sent. */
                                device_id?: string;
                                /** @description alias only: the id that names the identity of the distinct_id. */
                                canonical_id?: string;
                                /** @description near-miss-id only: the id that one of these looks like. */
                                similar_id?: string;
                                /** @description The ledger row. */
                                seq?: number;
                                /** @description Of the event. */
                                uuid?: string;
                                /**
                                 * Format: date-time
                                 * @description The client’s, where it is what is wrong.
                                 */
                                timestamp?: string;
                                /** @description unknown-field: its name; of a query parameter with a `?` before it. */
                                field?: string;
                                /** @description repeated-alias: calls with this pair so far. */
                                calls?: number;
                                /** @description no-stable-canonical: in this identity. */
                                known_identifiers?: number;
                                /** @description shared-identifier: users to whom this id was refused, of which 20 are told apart. */
                                claimants?: number;
                            }[];
                        }[];
                        /** @description Calls since the start of the server that answers that came too fast to be looked at: counts may lack them. */
                        unexamined: number;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description From the page before. */
                next?: string;
                /** @description Of this call alone. */
                call?: "track" | "identify" | "alias" | "unknown";
                /** @description Sent with the key of this name alone. */
                key?: string;
                /** @description Rejected with this code alone. */
                error_code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dead_letters: {
                            id: number;
                            call: string;
                            /** @description Null where the item named none that exists; shown to keys that may use every environment. */
                            environment: string | null;
                            /** @description Name of the key that sent it. */
                            key: string;
                            received_at: string;
                            error_code: string;
                            message: string;
                            /** @description As it was sent, as JSON text, cut at 16384 characters. */
                            item: string;
                        }[];
                        /** @description Where the letters go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description These, by the id that the list shows. */
                    ids?: number[];
                    /**
                     * @description All there are, instead of `ids`.
                     * @constant
                     */
                    all?: true;
                    /**
                     * @description Of this call alone.
                     * @enum {unknown}
                     */
                    call?: "track" | "identify" | "alias" | "unknown";
                    /** @description Sent with the key of this name alone. */
                    key?: string;
                    /** @description Rejected with this code alone. */
                    error_code?: string;
                    /** @description With `all`: where the answer before said that it goes on. */
                    next?: string;
                };
            };
        };
        responses: {
            /** @description What came of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description Items taken. */
                        replayed: number;
                        /** @description Their verdicts. */
                        verdicts: {
                            [key: string]: number;
                        };
                        /** @description Items that were rejected again, or were too long to be kept whole. */
                        failed: number;
                        /** @description The first hundred of them. */
                        failures: {
                            id: number;
                            error_code: string;
                            message: string;
                        }[];
                        /** @description Where the letters go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    discardDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description These, by the id that the list shows. */
                    ids?: number[];
                    /**
                     * @description All there are, instead of `ids`.
                     * @constant
                     */
                    all?: true;
                    /**
                     * @description Of this call alone.
                     * @enum {unknown}
                     */
                    call?: "track" | "identify" | "alias" | "unknown";
                    /** @description Sent with the key of this name alone. */
                    key?: string;
                    /** @description Rejected with this code alone. */
                    error_code?: string;
                };
            };
        };
        responses: {
            /** @description They are gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description How many. */
                        discarded: number;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listQuarantine: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description From the page before. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        events: {
                            id: number;
                            quarantined_at: string;
                            /** @description What the event store said. */
                            message: string;
                            event: components["schemas"]["Event"];
                        }[];
                        /** @description Where the events go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description These, by the id that the list shows. */
                    ids?: number[];
                    /**
                     * @description All there are, instead of `ids`.
                     * @constant
                     */
                    all?: true;
                };
            };
        };
        responses: {
            /** @description They were given to it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description How many. */
                        replayed: number;
                        /** @description How many of them it would not take again: they are in quarantine, under new ids. */
                        returned: number;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    discardQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description These, by the id that the list shows. */
                    ids?: number[];
                    /**
                     * @description All there are, instead of `ids`.
                     * @constant
                     */
                    all?: true;
                };
            };
        };
        responses: {
            /** @description They are gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @description How many. */
                        discarded: number;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listEnvironments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        environments: {
                            name: string;
                            /** @description Time of its first ledger row; null without one. */
                            since: string | null;
                            /** @description Its last ledger seq. */
                            ledger_head: number;
                            /** @description In the event store; those of the last second may still be on their way. */
                            events: number;
                            settings: components["schemas"]["Settings"];
                        }[];
                    };
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    query: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /**
                     * @description One read-only statement, at most 65536 bytes.
                     * @example SELECT event, uniqExact(identity_id) AS people FROM events GROUP BY event
                     */
                    sql: string;
                    /**
                     * @description Values for the parameters that the statement names with their types, `{id:String}`: each is checked, and bound as a value of its type whatever it holds. Types: String, Int8 to Int256 and UInt8 to UInt256 (numbers or their digits as a string), Float32, Float64, Bool, UUID, Date, DateTime, DateTime64(n), Nullable(…), Array(…).
                     * @example {
                     *       "id": "user_123",
                     *       "since": "2026-08-01T00:00:00Z",
                     *       "events": [
                     *         "signup",
                     *         "purchase"
                     *       ]
                     *     }
                     */
                    params?: {
                        [key: string]: unknown;
                    };
                    /**
                     * @description Form of the answer.
                     * @default json
                     * @enum {string}
                     */
                    format?: "json" | "ndjson" | "csv" | "parquet" | "arrow";
                };
            };
        };
        responses: {
            /** @description The rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The rows. */
                        data: {
                            [key: string]: unknown;
                        }[];
                        /** @description The columns. */
                        meta: {
                            name: string;
                            type: string;
                        }[];
                        /** @description How many they are. */
                        rows: number;
                        /** @description How many there would be without LIMIT, at least. */
                        rows_before_limit_at_least?: number;
                        /** @description Of WITH TOTALS. */
                        totals?: {
                            [key: string]: unknown;
                        };
                        /** @description Seconds, and what was read. */
                        statistics?: {
                            elapsed: number;
                            rows_read: number;
                            bytes_read: number;
                        };
                    };
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.parquet": string;
                    "application/vnd.apache.arrow.stream": string;
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSavedQueries: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queries: components["schemas"]["SavedQuery"][];
                        /** @description Where the queries go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    saveQuery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description One line of 1 to 200 bytes. */
                    name: string;
                    /** @description At most 65536 bytes. */
                    sql: string;
                    /** @description How to show the result. */
                    chart?: {
                        /**
                         * @description How the result is drawn.
                         * @enum {string}
                         */
                        kind: "table" | "line" | "bar";
                        /** @description Needed for a line or bars. */
                        x?: string | null;
                        /** @description At least one for a line or bars. */
                        y?: string[];
                    } | null;
                };
            };
        };
        responses: {
            /** @description As it is saved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        query: components["schemas"]["SavedQuery"];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It stands against what is there: `batch-conflict`, `name-conflict`, `version-conflict`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    changeQuery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `id` of the saved query. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description One line of 1 to 200 bytes. */
                    name: string;
                    /** @description At most 65536 bytes. */
                    sql: string;
                    /** @description How to show the result. */
                    chart?: {
                        /**
                         * @description How the result is drawn.
                         * @enum {string}
                         */
                        kind: "table" | "line" | "bar";
                        /** @description Needed for a line or bars. */
                        x?: string | null;
                        /** @description At least one for a line or bars. */
                        y?: string[];
                    } | null;
                    /** @description The version that is changed: the one that was read. */
                    version: number;
                };
            };
        };
        responses: {
            /** @description As it is saved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        query: components["schemas"]["SavedQuery"];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It stands against what is there: `batch-conflict`, `name-conflict`, `version-conflict`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteSavedQuery: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Delete it only if it still has this version; without it, in any case. */
                version?: number;
            };
            header?: never;
            path: {
                /** @description `id` of the saved query. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It stands against what is there: `batch-conflict`, `name-conflict`, `version-conflict`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    schema: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The views and the keys seen. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description What queries can read. */
                        views: {
                            name: string;
                            comment: string;
                            columns: {
                                name: string;
                                /** @description As the engine names it. */
                                type: string;
                                comment: string;
                            }[];
                        }[];
                        /** @description Names of the sampled events, at most 100. */
                        events: {
                            event: string;
                            count: number;
                        }[];
                        /** @description Keys seen in the newest events, at most 10000 of them. */
                        properties: {
                            /** @description How many of the newest events were looked at. */
                            sampled: number;
                            /** @description The most frequent first, at most 500. */
                            keys: {
                                /** @description The path, as SQL knows it. */
                                key: string;
                                /** @description Types of its values. */
                                types: string[];
                                /** @description Sampled rows that hold it. */
                                count: number;
                                /** @description A value of it. */
                                example: unknown;
                                /** @description How to read it in SQL, with its type. */
                                sql: string;
                            }[];
                        };
                        /** @description Keys seen in the newest profiles, at most 10000 of them. */
                        traits: {
                            /** @description How many of the newest profiles were looked at. */
                            sampled: number;
                            /** @description The most frequent first, at most 500. */
                            keys: {
                                /** @description The path, as SQL knows it. */
                                key: string;
                                /** @description Types of its values. */
                                types: string[];
                                /** @description Sampled rows that hold it. */
                                count: number;
                                /** @description A value of it. */
                                example: unknown;
                                /** @description How to read it in SQL, with its type. */
                                sql: string;
                            }[];
                        };
                    };
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    exportTable: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Form of the answer. */
                format?: "ndjson" | "csv" | "parquet";
            };
            header?: never;
            path: {
                /** @description The table. */
                what: "links" | "identities" | "identifiers" | "separations" | "events";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                    "application/vnd.apache.parquet": string;
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getStatus: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of this environment, all nodes together. */
                        environment: {
                            name: string;
                            /** @description In the event store; those of the last second may still be on their way. Null while nobody can say. */
                            events: number | null;
                            /** @description Its last ledger seq. Null while nobody can say. */
                            ledger_head: number | null;
                            /** @description The ledger seq that queries see, as the node that answers last saw it. Null while nobody can say. */
                            projected_seq: number | null;
                            /** @description Ledger rows between the two. Null while nobody can say. */
                            lag: number | null;
                            /** @description Identifiers whose identity is laid over the events, not yet folded into them. Null while nobody can say. */
                            pending_rows: number | null;
                            /** @description Since identities were last folded into the events. Null while nobody can say. */
                            folded_age_seconds: number | null;
                        };
                        /** @description Of all environments, all nodes together. */
                        all: {
                            /** @description Rejected items that are kept, as the node that answers last heard. */
                            dead_letters: number;
                            /** @description Nodes on the same PostgreSQL. Null of a server that shares nothing, and while PostgreSQL is away. */
                            nodes: {
                                id: string;
                                /** @description Its machine. */
                                host: string;
                                version: string;
                                /** @description Whether it keeps events of its own, which outlive its process. */
                                has_journal: boolean;
                                /**
                                 * Format: date-time
                                 * @description When it last said that it is there.
                                 */
                                seen_at: string;
                                /** @description It has not said so for a while, and may have events in its journal. */
                                away: boolean;
                            }[] | null;
                        };
                        /** @description Of the node that answers, all environments. */
                        node: {
                            /** @description One of `all.nodes`, where there are any. */
                            id: string;
                            /** @description Of Onym. */
                            version: string;
                            /**
                             * Format: date-time
                             * @description When it began to count: what it has counted is since then.
                             */
                            since: string;
                            /** @description Whether calls are kept. */
                            keeps: {
                                /** @description Whether it takes calls, as /readyz says. */
                                calls: boolean;
                                /** @description Whether it takes events that link nobody, at least. */
                                events: boolean;
                                /** @description Why it does not; empty while it does. */
                                obstacles: {
                                    /**
                                     * @description What calls are answered.
                                     * @enum {string}
                                     */
                                    error_code: "overloaded" | "storage-full" | "identity-store-unavailable";
                                    /** @description Why, and what to do. */
                                    message: string;
                                }[];
                            };
                            /** @description Events on their way. */
                            journal: {
                                /** @description Acknowledged and not yet in the event store. */
                                bytes: number;
                                /** @description Of the oldest event in it; 0 while it is empty. */
                                oldest_age_seconds: number;
                                /** @description Events that are not acknowledged yet. */
                                waiting_events: number;
                            };
                            /** @description Counted. */
                            drained: {
                                /** @description Events that it brought to the event store. */
                                events: number;
                                /** @description Attempts that failed. */
                                failures: number;
                            };
                            /** @description Events that the event store would not take, and that wait for a person. */
                            quarantined: number;
                            /** @description Calls answered, by call and verdict. Counted. */
                            calls: {
                                [key: string]: {
                                    [key: string]: number;
                                };
                            };
                            /** @description Items that were not accepted, by call and error_code. Counted. */
                            rejected: {
                                [key: string]: {
                                    [key: string]: number;
                                };
                            };
                            /** @description Requests of publishable keys that were turned away, by what was counted (key, address). Counted. */
                            rate_limited: {
                                [key: string]: number;
                            };
                            /** @description Counted, but for those that wait. */
                            dead_letters: {
                                /** @description Of the rejected items, those that it kept. */
                                kept: number;
                                /** @description Those that wait to be written. */
                                waiting: number;
                                /** @description Those that are not kept, by the reason. */
                                dropped: {
                                    [key: string]: number;
                                };
                            };
                            /** @description Of the data directory. Null where the file system does not say. */
                            disk: {
                                /** @description Free. */
                                free_bytes: number;
                                /** @description In all. */
                                size_bytes: number;
                            } | null;
                        };
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Entries a page holds at most. */
                limit?: number;
                /** @description `next` of the page before. */
                next?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["Key"][];
                        /** @description Where the keys go on; null at the end. */
                        next: string | null;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description 1 to 128 bytes; no name that was in use before. */
                    name: string;
                    /**
                     * @description `publishable` (pk_…): for pages and apps, where anyone can read it. `secret` (sk_…): for servers and people.
                     * @enum {string}
                     */
                    kind: "publishable" | "secret";
                    /** @description Unless given, all that its kind can have and the key that asks has. */
                    scopes?: ("track" | "identify" | "alias" | "query" | "read" | "steer" | "erase" | "import" | "metrics" | "keys")[];
                    /** @description Unless given, those of the key that asks. */
                    environments?: string[];
                    /** @description Pages that a publishable key may be used from. Such as `https://shop.example`, or `https://*.shop.example`. Unless given, all. */
                    origins?: string[];
                };
            };
        };
        responses: {
            /** @description It is made. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        key: components["schemas"]["Key"];
                        /** @description To be sent as the API key. Keep it: nobody can show it again. */
                        secret: string;
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    restrictKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the key. */
                    name: string;
                    /** @description In place of those it has. */
                    scopes?: ("track" | "identify" | "alias" | "query" | "read" | "steer" | "erase" | "import" | "metrics" | "keys")[];
                    /** @description In place of those it has. */
                    environments?: string[];
                    /** @description In place of those it has; null: all. Such as `https://shop.example`, or `https://*.shop.example`. */
                    origins?: string[] | null;
                    /** @description True where the key that asks means itself; without it, that is an error. */
                    self?: boolean;
                };
            };
        };
        responses: {
            /** @description The key as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        key: components["schemas"]["Key"];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of the key. */
                    name: string;
                    /** @description True where the key that asks means itself; without it, that is an error. */
                    self?: boolean;
                };
            };
        };
        responses: {
            /** @description The key as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        key: components["schemas"]["Key"];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `not-found`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Content type or encoding is not supported: `unsupported-media-type`. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    backup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Absolute path on the machine of the server. It is made where it is missing, else it must be empty, or what an interrupted backup has left, which is gone on with. */
                    directory: string;
                };
            };
        };
        responses: {
            /** @description What is done. Lines of JSON, each as described. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["BackupLine"];
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    runRetention: {
        parameters: {
            query?: {
                /** @description Count; remove nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Name of the environment.
                     * @default production
                     */
                    environment?: string;
                    /** @description Instead of what ONYM_RETENTION_DAYS says. */
                    days?: number;
                };
            };
        };
        responses: {
            /** @description What goes, or would. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        dry_run: boolean;
                        days: number;
                        /**
                         * Format: date-time
                         * @description Events of before this moment go.
                         */
                        before: string;
                        /** @description How many they are. */
                        events: number;
                        years: {
                            year: number;
                            events: number;
                            /** @description The whole year goes, which costs nothing; else its parts are rewritten. */
                            whole: boolean;
                        }[];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    importFile: {
        parameters: {
            query?: {
                /** @description Name of the environment. */
                environment?: string;
                /** @description Of the file. Else as its first bytes, content type or name say. `ndjson` and `json` are told apart by the file. */
                format?: "csv" | "ndjson" | "json" | "parquet";
                /** @description Whose export the file is. Else as its shape says. */
                from?: "posthog" | "segment" | "rudderstack" | "mixpanel" | "amplitude";
                /** @description What each row is. Else as the columns look. */
                kind?: "alias" | "identify" | "event";
                /** @description Name of the batch. Else made of the file’s name and contents. */
                batch?: string;
                /** @description Of the file; used for the batch’s name. */
                file_name?: string;
                /** @description Judge every row on a copy of the identities; write nothing. */
                dry_run?: boolean;
                /** @description Begin at the first row again, whatever an earlier run of the batch has done. */
                restart?: boolean;
                /** @description Of a CSV file. */
                delimiter?: string;
                /** @description Column of the id that keeps its name. */
                primary?: string;
                /** @description Column of the other id of an alias pair. */
                secondary?: string;
                /** @description Put before each secondary id that does not begin with it, such as `legacy:`. */
                secondary_prefix?: string;
                /** @description Column of the anonymous id. */
                anonymous?: string;
                /** @description Column of the event’s name. */
                event?: string;
                /** @description Column of the time, or `now` where the rows have none. */
                timestamp?: string;
                /** @description Column that is a trait: `column`, `column=key`, and `:number`, `:boolean` or `:json` behind it. May repeat. */
                trait?: string | string[];
                /** @description Several of them, separated by commas; `*`: every column that has no other meaning. */
                traits?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of the rows. Lines of JSON, each as described; or one object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportLine"];
                    "application/json": {
                        /** @description POST /v1/revert takes it back under this name. */
                        batch: string;
                        /**
                         * @description Of the file.
                         * @enum {string}
                         */
                        format: "csv" | "ndjson" | "json" | "parquet";
                        /** @description Of the file, decompressed. */
                        bytes: number;
                        dry_run: boolean;
                        /** @description What the file is, in a sentence or two. */
                        recognised: string;
                        /** @description What each column is taken for, in words. */
                        mapping: {
                            [key: string]: string;
                        };
                        /** @description Those without a meaning, 50 at most. */
                        ignored_columns: string[];
                        /** @description The rest of them. */
                        more_ignored_columns: number;
                        /** @description Where an earlier run of the batch stopped; 0 for none. */
                        resumed_after_line: number;
                        /** @constant */
                        ok: true;
                        /** @description True when an earlier run had finished this file in this batch. */
                        finished_before: boolean;
                        rows: number;
                        /** @description Rows, by verdict. */
                        counts: {
                            applied: number;
                            unchanged: number;
                            refused: number;
                            held: number;
                            invalid: number;
                        };
                        /** @description Of refused, held and invalid rows. */
                        reasons: {
                            [key: string]: number;
                        };
                        /** @description Of events: verdicts of the link evidence they carried. */
                        links: {
                            [key: string]: number;
                        };
                        /** @description Of a table that Onym exported: rows that join nothing, as they did not there, by the reason. */
                        skipped: {
                            [key: string]: number;
                        };
                        /** @description For keys with the scope `read`. */
                        largest_identities?: {
                            canonical_id: string;
                            identifiers: number;
                        }[];
                        warnings: string[];
                        /** @description The first 1000. */
                        rejected: {
                            /** @description Of the file, from 1; of Parquet and JSON, the row. */
                            line: number;
                            /** @enum {string} */
                            verdict: "invalid" | "refused" | "held";
                            /** @description Of an invalid row; else the reason. */
                            error_code: string;
                            message: string;
                            /** @description The row, by column; or as much of it as can be read. */
                            row: unknown;
                        }[];
                    };
                };
            };
            /** @description The request is malformed: `invalid-json`, `invalid-payload`. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description No key, or an unknown or revoked one: `invalid-api-key`. By a browser, no session or one that has ended: `not-signed-in`. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The key may not do this: `forbidden`. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description It stands against what is there: `batch-conflict`, `name-conflict`, `version-conflict`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Body, array or statement too large: `payload-too-large`. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Understood but not acceptable: `environment-not-found`, `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `review-queue-full`. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Too many at a time, `too-many-requests`, or too many calls with a publishable key, `rate-limited`. See Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `internal-error`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Under pressure, nothing was stored: `overloaded`, `storage-full`, `event-store-unavailable`, `identity-store-unavailable`. See Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
