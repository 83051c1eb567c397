import Crypto
import Model

/// How the connect page looks, and the policy that lets it be nothing else.
enum ConnectStyle {
    static let text = """
        :root{color-scheme:light dark;--ink:#1c2733;--soft:#5b6874;--line:#d9dfe5;--paper:#fff;
        --ground:#f3f5f7;--main:#1557c0;--good:#1a7f4b;--bad:#b3261e;--warn:#8a5a00}
        @media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#a3b0bc;--line:#38424c;
        --paper:#1b2229;--ground:#12171c;--main:#6aa5ff;--good:#5fcf94;--bad:#ff8a80;--warn:#f0c060}}
        *{box-sizing:border-box}
        body{margin:0;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
        color:var(--ink);background:var(--ground)}
        main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem 3rem}
        h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0 .25rem}
        h2{font-size:1.1rem;margin:0;overflow-wrap:anywhere}
        p{margin:.5rem 0}.soft{color:var(--soft);font-size:.95rem;overflow-wrap:anywhere}
        section,.note{background:var(--paper);border:1px solid var(--line);border-radius:.75rem;
        padding:1rem;margin:1rem 0}
        .head{display:flex;gap:.75rem;align-items:baseline;justify-content:space-between}
        .state{font-size:.85rem;font-weight:600;white-space:nowrap}
        .connected{color:var(--good)}.missing{color:var(--soft)}.expired{color:var(--warn)}
        .broken{color:var(--bad)}
        .note{border-left:.35rem solid var(--bad)}.note.good{border-left-color:var(--good)}
        .note p{margin:0}
        label{display:block;margin:.75rem 0 0;font-weight:600;overflow-wrap:anywhere}
        input{display:block;width:100%;margin-top:.25rem;padding:.7rem .75rem;font:inherit;
        color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:.5rem}
        button,.button{display:block;width:100%;margin:1rem 0 .25rem;padding:.8rem 1rem;font:inherit;
        font-weight:600;text-align:center;text-decoration:none;cursor:pointer;color:var(--paper);
        background:var(--main);border:0;border-radius:.5rem}
        a{color:var(--main)}summary{cursor:pointer;padding:.5rem 0;color:var(--main)}
        :focus-visible{outline:3px solid var(--main);outline-offset:2px}
        details{margin-top:.5rem}footer{margin-top:1.5rem;text-align:center}
        """

    /// Nothing is loaded, nothing runs, nobody frames it, and forms go nowhere else.
    static let policy: String = {
        let digest = Base64.encoded(Array(SHA256.hash(data: Array(text.utf8))))
        return "default-src 'none'; style-src 'sha256-\(digest)'; form-action 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'"
    }()
}
