//! The pages that the server brings along.

use reqwest::header::CONTENT_SECURITY_POLICY;

use super::get;
use crate::support::{Engine, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_is_served_from_the_binary_and_is_told_no_token() {
    let server = TestServer::start(Engine::Sqlite).await;
    let root = server.url().replace("/graphql", "/");
    let page = reqwest::get(&root).await.expect("the server answers");
    assert_eq!(page.status(), 200);
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str();
    let policy = policy.expect("a text").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"));
    let html = page.text().await.expect("a text");
    assert!(html.contains("id=\"stockroom\">{}</script>"), "{html}");
    assert!(
        !html.contains("://"),
        "nothing comes from another host: {html}"
    );
    for file in ["/graphiql.js", "/graphiql.css", "/favicon.svg"] {
        let (status, text) = get(&server.url(), file).await;
        assert!(status == 200 && !text.is_empty(), "{file}");
    }
    for file in ["/board", "/board.js", "/index.html", "/nonsense"] {
        assert_eq!(
            get(&server.url(), file).await.0,
            404,
            "{file} outside of demo mode"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_can_be_turned_off() {
    let off = |config: &mut stockroom::config::Config| config.server.graphiql = false;
    let server = TestServer::start_with(Engine::Sqlite, off).await;
    for file in ["/", "/graphiql.js", "/favicon.svg"] {
        assert_eq!(get(&server.url(), file).await.0, 404, "{file}");
    }
    server.stop().await;
}
