//! The documentation is true: what its pages tell to do works as they say, every link leads
//! somewhere, and nothing that needs an explanation is left out.

mod complete;
mod follow;
mod links;
mod page;

use std::collections::BTreeSet;

/// One test for each page that tells to do something.
macro_rules! pages {
    ($($name:ident: $path:literal,)+) => {
        const PAGES: &[&str] = &[$($path),+];

        mod what_a_page_tells_to_do_works {
            use super::follow::follow;

            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    follow($path).await;
                }
            )+
        }
    };
}

pages! {
    backup: "docs/backup.md",
    errors: "docs/errors.md",
    graphql: "docs/graphql.md",
    alerts: "docs/jobs/alerts.md",
    buying: "docs/jobs/buying.md",
    closing: "docs/jobs/closing.md",
    collecting: "docs/jobs/collecting.md",
    counting: "docs/jobs/counting.md",
    counting_stock: "docs/jobs/counting-stock.md",
    fulfilling: "docs/jobs/fulfilling.md",
    live_stock: "docs/jobs/live-stock.md",
    receiving: "docs/jobs/receiving.md",
    returning: "docs/jobs/returning.md",
    selling: "docs/jobs/selling.md",
    setting_up: "docs/jobs/setting-up.md",
    tokens: "docs/jobs/tokens.md",
    security: "docs/security.md",
    start: "docs/start.md",
    stock_and_cost: "docs/stock-and-cost.md",
}

#[test]
fn every_page_that_tells_to_do_something_is_followed() {
    let with_steps: BTreeSet<String> = page::paths()
        .into_iter()
        .filter(|path| !page::steps(path).is_empty())
        .collect();
    let followed: BTreeSet<String> = PAGES.iter().map(|path| (*path).to_owned()).collect();
    assert_eq!(with_steps, followed, "name the page in {}", file!());
}
