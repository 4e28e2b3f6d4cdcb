//! `kill -9` in the middle of the work, ten times.

use std::sync::Arc;

use super::load::{
    Journal, Load, assert_acknowledged_is_there, assert_check_is_clean, open_shop,
    repeat_everything,
};
use crate::support::{Database, Engine, ServerProcess};

const KILLS: usize = 10;

async fn killed_ten_times_nothing_acknowledged_is_lost(engine: Engine) {
    let database = Database::create(engine).await;
    let mut server = ServerProcess::start(database.url()).await;
    let token = server.token().to_owned();
    open_shop(&server.client()).await;
    let journal = Arc::new(Journal::default());
    for round in 0..KILLS {
        let load = Load::start(&server.client(), &journal, round);
        // At another moment each time: some right at the start, some well under way.
        journal.more(3 + 7 * round % 23).await;
        server.kill9().await;
        load.stop().await;
        assert_check_is_clean(database.url()).await;
        server = ServerProcess::start_with_token(database.url(), &token).await;
        assert_acknowledged_is_there(&server.client(), &journal).await;
    }
    let (asked, acknowledged) = (journal.asked(), journal.acknowledged());
    let unanswered = repeat_everything(&server.client(), &journal).await;
    println!(
        "{engine:?}: {KILLS} kills, {asked} asked, {acknowledged} acknowledged, \
         of the others {} stored and {} absent",
        unanswered.stored, unanswered.absent
    );
    server.stop().await;
    assert_check_is_clean(database.url()).await;
    database.remove().await;
}

mod a_server_killed_ten_times_loses_nothing_it_acknowledged {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        killed_ten_times_nothing_acknowledged_is_lost(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        killed_ten_times_nothing_acknowledged_is_lost(Engine::Postgres).await;
    }
}
