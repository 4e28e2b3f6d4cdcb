//! A server that is asked to stop in the middle of the work, ten times on each database.

#![expect(clippy::print_stdout, reason = "what was seen is worth telling")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::load::{
    Journal, Load, assert_acknowledged_is_there, assert_check_is_clean, open_shop,
    repeat_everything,
};
use crate::support::subscription::Heard;
use crate::support::{Database, Engine, ServerProcess};

const STOPS: usize = 10;
/// A supervisor kills what has not ended by then.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

async fn stopped_in_the_middle_nothing_accepted_is_lost(engine: Engine) {
    let database = Database::create(engine).await;
    let mut server = ServerProcess::start(database.url()).await;
    let token = server.token().to_owned();
    open_shop(&server.client()).await;
    let journal = Arc::new(Journal::default());
    let mut longest = Duration::ZERO;
    for round in 0..STOPS {
        let query = "subscription { stockLevelChanged { cursor } }";
        let mut watch = server.client().subscribe(query, json!({})).await;
        let load = Load::start(&server.client(), &journal, round);
        journal.more(3 + 7 * round % 23).await;
        let asked = Instant::now();
        server.stop().await;
        longest = longest.max(asked.elapsed());
        load.stop().await;
        let told = loop {
            match watch.hear().await {
                Heard::Data(_) => {}
                other => break other,
            }
        };
        let reason = Some((1001, "server is stopping".to_owned()));
        assert_eq!(told, Heard::Closed(reason));
        server = ServerProcess::start_with_token(database.url(), &token).await;
        assert_acknowledged_is_there(&server.client(), &journal).await;
    }
    assert!(longest < ENDS_WITHIN, "a stop took {longest:?}");
    let (asked, acknowledged) = (journal.asked(), journal.acknowledged());
    let unanswered = repeat_everything(&server.client(), &journal).await;
    println!(
        "{engine:?}: {STOPS} stops, the longest {longest:?}, {asked} asked, {acknowledged} \
         acknowledged, of the others {} stored and {} absent",
        unanswered.stored, unanswered.absent
    );
    assert_eq!(
        unanswered.stored, 0,
        "what is done is answered before the end"
    );
    server.stop().await;
    assert_check_is_clean(database.url()).await;
    database.remove().await;
}

mod a_server_that_is_asked_to_stop_answers_what_it_has_accepted {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        stopped_in_the_middle_nothing_accepted_is_lost(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        stopped_in_the_middle_nothing_accepted_is_lost(Engine::Postgres).await;
    }
}
