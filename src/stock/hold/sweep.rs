//! Tidies holds whose time ran out, and tells subscribers. Nothing waits for it to be right.

use entity::vocab::{OperationId, StockHoldId, StockHoldStatus};
use futures_util::future::BoxFuture;

use super::ops::posting;
use super::store;
use crate::platform::actor::Actor;
use crate::platform::app::App;
use crate::platform::audit::Audit;
use crate::platform::clock;
use crate::platform::command::{self, Call, Done, Envelope, Refusal};
use crate::platform::db::{Tx, TxError, op_error};
use crate::platform::rejection::OpError;
use crate::stock::ledger::{self, Demand, Needs, Plan, StockCause};

/// Holds that are tidied in one round, at most.
const HOLDS_PER_ROUND: u64 = 200;

#[derive(Clone, Debug)]
struct Expire {
    id: StockHoldId,
}

/// Ends the holds whose time ran out, each in a transaction of its own.
///
/// # Errors
/// What went wrong; the next round tries again.
pub async fn expire_due(app: &App) -> Result<(), OpError> {
    let due = store::due(app.db.reader(), clock::now(), HOLDS_PER_ROUND).await;
    for id in due.map_err(|error| op_error(&error))? {
        let call = Call {
            actor: Actor::anonymous(),
            operation_id: OperationId::generate(),
            command: "stockHoldExpire",
            idempotency_key: None,
            input_hash: [0; 32],
            record_id: id.0,
            audit: Audit::default(),
            dry_run: false,
            complaints: Vec::new(),
        };
        let envelope = Envelope {
            call,
            command: Expire { id },
        };
        if let Err(Refusal::Failed(error)) = command::run(app, envelope, handle).await {
            return Err(error);
        }
    }
    Ok(())
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Expire>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let hold = store::lock_due(tx.conn(), command.id, tx.now()).await?;
        // Extended meanwhile, or another server is at it.
        let Some(hold) = hold else {
            return Ok(Done::refused(Vec::new()));
        };
        let lines = store::lines(tx.conn(), hold.id).await?;
        let demands = lines.iter().map(|line| Demand::HoldLine(line.id)).collect();
        let plan = Plan::of_demands(tx, demands, Needs::Waiting).await?;
        let posting = posting(app, tx, call);
        // Loading a level gives back what expired holds keep of it.
        let mut book = ledger::load(tx, &plan, posting).await?;
        book.end_command(posting, StockCause::StockHold(hold.id));
        let end = (StockHoldStatus::Expired, None);
        store::end(tx.conn(), hold.id, end, tx.now()).await?;
        ledger::record(tx, &book).await?;
        Ok(Done::accepted(hold.id.0, book.take_events()))
    })
}
