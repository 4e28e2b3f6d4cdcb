//! PostgreSQL stops at once, as in a crash, while the server runs; the server comes back by itself.

use std::sync::Arc;

use super::load::{
    Journal, Load, assert_acknowledged_is_there, assert_check_is_clean, open_shop,
    repeat_everything,
};
use crate::support::cluster::OwnCluster;
use crate::support::{Database, ServerProcess};

const OUTAGES: usize = 3;
/// Answers before an outage and after it.
const ANSWERS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_survives_the_crash_of_its_database_without_a_restart() {
    let cluster = OwnCluster::start().await;
    let database = Database::create_in(cluster.url(), None).await;
    let server = ServerProcess::start(database.url()).await;
    let process = server.id();
    open_shop(&server.client()).await;
    let journal = Arc::new(Journal::default());
    let load = Load::start(&server.client(), &journal, 0);
    for _ in 0..OUTAGES {
        journal.more(ANSWERS).await;
        cluster.stop_immediately().await;
        cluster.restart().await;
        journal.more(ANSWERS).await;
        assert_acknowledged_is_there(&server.client(), &journal).await;
    }
    load.stop().await;
    assert_eq!(server.id(), process, "it is still the same process");
    assert_check_is_clean(database.url()).await;
    let (asked, acknowledged) = (journal.asked(), journal.acknowledged());
    let unanswered = repeat_everything(&server.client(), &journal).await;
    println!(
        "{OUTAGES} outages, {asked} asked, {acknowledged} acknowledged, of the others {} stored \
         and {} absent",
        unanswered.stored, unanswered.absent
    );
    server.stop().await;
    assert_check_is_clean(database.url()).await;
}
