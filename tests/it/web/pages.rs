//! GraphiQL and the stock board in a browser: what is sold in one moves in the other.
//!
//! One test for all: making the demo's data is what takes long.

use serde_json::json;

use super::browser::{self, Browser};
use super::demo::Demo;
use super::examples;

/// A product of the demo, of which there is always enough in this warehouse.
const SKU: &str = "TEA-GREEN-100";
const CELL: &str = r#"[data-sku="TEA-GREEN-100"] [data-warehouse="MAIN"]"#;
/// What is in GraphiQL's pane of answers.
const ANSWER: &str = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()";

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_run_and_what_is_sold_moves_on_the_board_and_in_graphiql() {
    let mut demo = Demo::start().await;
    examples::all_run(&demo.client()).await;
    if browser::is_left_out() {
        println!("NOT RUN: there is no browser");
        return demo.stop().await;
    }
    let browser = Browser::open().await;

    let board = browser.tab().await;
    browser.go(&demo.page("/board")).await;
    is_live(&browser).await;
    let before = available(&browser).await;

    let graphiql = browser.open_tab().await;
    browser.go(&demo.page("/")).await;
    run_example(&browser, "PlaceOrder").await;
    let placed = format!("JSON.parse({ANSWER}).data.salesOrderPlace.salesOrder.number");
    browser.wait(&placed).await;
    run_example(&browser, "WatchStock").await;
    graphiql_shows(&browser, before - 2).await;

    browser.switch(&board).await;
    board_shows(&browser, before - 2).await;
    browser.click(CELL).await;
    browser.click("#sell button").await;
    browser
        .wait("document.querySelector('#sold[data-outcome=done]')")
        .await;
    board_shows(&browser, before - 3).await;
    assert_eq!(browser.complaints().await, [] as [serde_json::Value; 0]);

    browser.switch(&graphiql).await;
    graphiql_shows(&browser, before - 3).await;
    assert_eq!(browser.complaints().await, [] as [serde_json::Value; 0]);

    browser.switch(&board).await;
    the_board_goes_on_after_a_break(&browser, &mut demo, before - 3).await;
    a_phone_has_room_for_it(&browser).await;
    browser.close().await;
    demo.stop().await;
}

/// The server goes away and comes back, and an order is placed before the board has noticed.
async fn the_board_goes_on_after_a_break(browser: &Browser, demo: &mut Demo, before: i64) {
    let changes = browser
        .wait("document.getElementById('changes').textContent")
        .await;
    demo.stop().await;
    browser
        .wait("document.getElementById('connection').dataset.state !== 'live'")
        .await;
    demo.start_again().await;
    let order = json!({
        "customer": { "code": "HOTEL-SEE" },
        "warehouse": { "code": "MAIN" },
        "lines": [{ "variant": { "sku": SKU }, "quantity": "4" }],
    });
    demo.client()
        .accept("salesOrderPlace", order, "salesOrder { number }")
        .await;
    is_live(browser).await;
    board_shows(browser, before - 4).await;
    // One change more: it went on where it was, instead of beginning anew.
    let changes: i64 = changes
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a number");
    let count = "document.getElementById('changes').textContent";
    browser
        .wait(&format!("{count} === '{}'", changes + 1))
        .await;
}

async fn a_phone_has_room_for_it(browser: &Browser) {
    browser.resize(360, 740).await;
    browser
        .wait("getComputedStyle(document.querySelector('thead')).display === 'none'")
        .await;
    let width = browser
        .run("return document.documentElement.scrollWidth", json!([]))
        .await;
    assert!(width.as_i64().is_some_and(|width| width <= 360), "{width}");
    browser.write("#filters [name=words]", SKU).await;
    browser
        .wait("document.getElementById('shown').textContent === '1'")
        .await;
}

async fn is_live(browser: &Browser) {
    browser
        .wait("document.querySelector('#connection[data-state=live]')")
        .await;
}

/// What the board says is available of the product.
async fn available(browser: &Browser) -> i64 {
    let text = format!("document.querySelector('{CELL} .available').textContent");
    let is_number = format!("/^[0-9]+$/.test({text}) && {text}");
    let text = browser.wait(&is_number).await;
    text.as_str()
        .and_then(|text| text.parse().ok())
        .expect("a number")
}

async fn board_shows(browser: &Browser, quantity: i64) {
    let text = format!("document.querySelector('{CELL} .available').textContent");
    browser.wait(&format!("{text} === '{quantity}'")).await;
}

/// Goes to the tab of an example in GraphiQL and runs it.
async fn run_example(browser: &Browser, operation: &str) {
    // The schema has been loaded when nothing turns any more.
    let is_ready = "document.querySelector('.graphiql-execute-button') \
                    && !document.querySelector('.graphiql-spin')";
    browser.wait(is_ready).await;
    let tab = "[...document.querySelectorAll('.graphiql-tab-button')] \
               .find((tab) => tab.textContent === arguments[0]).click()";
    browser.run(tab, json!([operation])).await;
    let editor = "document.querySelector('.graphiql-query-editor .CodeMirror')";
    let is_shown = format!("{editor}.CodeMirror.getValue().includes('{operation}')");
    browser.wait(&is_shown).await;
    browser.click(".graphiql-execute-button").await;
}

async fn graphiql_shows(browser: &Browser, quantity: i64) {
    let level = format!("JSON.parse({ANSWER}).data.stockLevelChanged.stockLevel");
    browser
        .wait(&format!("{level}.available === '{quantity}'"))
        .await;
}
