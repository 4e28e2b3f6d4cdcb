//! The pages that the server brings along: GraphiQL at `/`, and in demo mode the stock board.
//!
//! They are built by `scripts/build-web` and are part of the binary; nothing of them comes from
//! another host.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

/// Only what this server itself brings may run; GraphiQL sets styles on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a page is told; it stands so in the built files.
const TOLD: &str = "<script type=\"application/json\" id=\"stockroom\">{}</script>";

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Which pages there are.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// Whether there is GraphiQL.
    pub graphiql: bool,
    /// The token of the demo, which its pages use; none outside of demo mode, and no board then.
    pub demo_token: Option<String>,
}

/// Mounts the pages.
pub fn routes(config: &mut web::ServiceConfig, pages: &Pages) {
    if pages.graphiql {
        page(
            config,
            "/",
            told(include_str!("../../web/dist/index.html"), pages),
        );
        let script = include_bytes!("../../web/dist/graphiql.js");
        asset(config, "/graphiql.js", (SCRIPT, script));
        let style = include_bytes!("../../web/dist/graphiql.css");
        asset(config, "/graphiql.css", (STYLE, style));
    }
    if pages.demo_token.is_some() {
        page(
            config,
            "/board",
            told(include_str!("../../web/dist/board.html"), pages),
        );
        let script = include_bytes!("../../web/dist/board.js");
        asset(config, "/board.js", (SCRIPT, script));
        let style = include_bytes!("../../web/dist/board.css");
        asset(config, "/board.css", (STYLE, style));
    }
    if pages.graphiql || pages.demo_token.is_some() {
        let icon = include_bytes!("../../web/dist/favicon.svg");
        asset(config, "/favicon.svg", ("image/svg+xml", icon));
    }
}

/// A page with what it is told. The token is one of ours: letters, digits and `_`, which end no
/// script; whatever else there were, `<` is written so that it ends none.
fn told(html: &'static str, pages: &Pages) -> String {
    let Some(token) = &pages.demo_token else {
        return html.to_owned();
    };
    let json = serde_json::json!({ "token": token, "demo": true }).to_string();
    let json = json.replace('<', "\\u003c");
    html.replace(TOLD, &TOLD.replace("{}", &json))
}

fn page(config: &mut web::ServiceConfig, path: &'static str, html: String) {
    let html: web::Bytes = html.into();
    let answer = move || {
        let html = html.clone();
        async move {
            HttpResponse::Ok()
                .content_type("text/html; charset=utf-8")
                .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
                .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .insert_header((header::REFERRER_POLICY, "no-referrer"))
                // It may hold the demo's token.
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .body(html)
        }
    };
    config.route(path, web::get().to(answer));
}

fn asset(
    config: &mut web::ServiceConfig,
    path: &'static str,
    (kind, bytes): (&'static str, &'static [u8]),
) {
    let answer = move || async move {
        HttpResponse::Ok()
            .content_type(kind)
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .body(bytes)
    };
    config.route(path, web::get().to(answer));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_place_for_what_it_is_told() {
        let pages = Pages {
            graphiql: true,
            demo_token: Some("a</script>token".to_owned()),
        };
        for html in [
            include_str!("../../web/dist/index.html"),
            include_str!("../../web/dist/board.html"),
        ] {
            assert_eq!(html.matches(TOLD).count(), 1);
            let told = told(html, &pages);
            assert!(
                told.contains("\"token\":\"a\\u003c/script>token\""),
                "{told}"
            );
            assert!(!told.contains("a</script>"));
        }
    }
}
