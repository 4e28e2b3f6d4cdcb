//! The schema of the database goes up and down, step by step, and comes out the same.

use migration::{Migrator, MigratorTrait};

both_unchecked! {
    async fn every_step_can_be_taken_back_and_taken_again(server: &TestServer) {
        let db = server.app().db.clone();
        let steps = Migrator::migrations().len();
        for step in 0..steps {
            let back = Migrator::down(db.writer(), Some(1)).await;
            assert!(back.is_ok(), "back, {step} steps before the last: {back:?}");
        }
        let pending = Migrator::get_pending_migrations(db.writer()).await;
        assert_eq!(pending.expect("the steps can be read").len(), steps);
        Migrator::up(db.writer(), None).await.expect("every step can be taken again");
        assert!(server.differences().await.is_empty(), "new books are clean");
    }
}
