//! `batch`: several commands in one transaction, all or none.

use async_graphql::{Context, Error, ErrorExtensions, InputObject, Object, Result, SimpleObject};
use futures_util::future::join_all;

use super::commands::{BatchCommandInput, BatchResult};
use crate::graphql::context::actor;
use crate::graphql::payload::cursor;
use crate::graphql::user_error::UserError;
use crate::graphql::{Reading, app, failed};
use crate::platform::batch::{self, Served, Stopped, Whole};
use crate::platform::command::Refusal;
use crate::platform::rejection::{OpError, Path, Problem, Rejection};

/// Commands in one batch, at most.
const COMMANDS_MAX: usize = 50;

/// Several commands.
#[derive(InputObject)]
pub struct BatchInput {
    /// What is to be done, in this order: 1 to 50 commands. Each sees what those before it did, so
    /// it can name a record that one of them makes by the `externalId` given there. Their own
    /// `dryRun` and `idempotencyKey` stay empty: the batch has its own.
    commands: Vec<BatchCommandInput>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// What a batch brought.
#[derive(Default, SimpleObject)]
pub struct BatchPayload {
    /// What each command brought, in the order of the commands; none when there are errors: then
    /// nothing was changed.
    results: Vec<BatchResult>,
    /// What is wrong with the first command that was refused; those behind it were not tried. The
    /// path leads to it: `["input", "commands", "2", "salesOrderPlace", "lines", "0"]`.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind everything this call caused: a
    /// subscription can go on from here. Null when the call was a repetition.
    event_cursor: Option<String>,
}

/// Changes several things at once.
#[derive(Default)]
pub struct BatchMutation;

#[Object]
impl BatchMutation {
    /// Carries out several commands in one transaction: all of them, or none. A command is
    /// carried out as by the mutation of its name, and needs the same scope.
    /// Scope: none.
    #[graphql(complexity = "input.commands.len() * child_complexity + 1")]
    async fn batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commands.")] input: BatchInput,
    ) -> Result<BatchPayload> {
        if !actor(ctx).is_authenticated() {
            return Err(failed(OpError::Unauthenticated));
        }
        match read(&input) {
            Ok(whole) => carry_out(ctx, input.commands, whole).await,
            Err(rejections) => Ok(refused(rejections)),
        }
    }
}

fn read(input: &BatchInput) -> Result<Whole, Vec<Rejection>> {
    let mut reading = Reading::of("batch", input);
    reading.dry_run(input.dry_run);
    let path = Path::input().at("commands");
    match input.commands.len() {
        0 => reading
            .check
            .complain(path, "Must have at least one command."),
        1..=COMMANDS_MAX => {}
        _ => reading.check.complain(
            path,
            format!("Must have at most {COMMANDS_MAX} commands; send several batches."),
        ),
    }
    reading.whole(input.idempotency_key.clone())
}

fn refused(rejections: Vec<Rejection>) -> BatchPayload {
    BatchPayload {
        errors: rejections.into_iter().map(UserError::from).collect(),
        ..BatchPayload::default()
    }
}

async fn carry_out(
    ctx: &Context<'_>,
    commands: Vec<BatchCommandInput>,
    whole: Whole,
) -> Result<BatchPayload> {
    let names: Vec<String> = commands.iter().map(BatchCommandInput::name).collect();
    let (table, seats) = batch::table(whole, commands.len());
    let run = |(command, seat): (BatchCommandInput, _)| batch::take_seat(seat, command.run(ctx));
    let all = join_all(commands.into_iter().zip(seats).map(run));
    let (all, served) = futures_util::join!(all, table.serve(app(ctx)));
    let Served {
        replayed,
        event_cursor,
    } = match served {
        Ok(served) => served,
        Err(Some(Stopped { place, refusal })) => {
            let name = &names[place];
            let place = Path::input().at("commands").at(place).at(name);
            return match refusal {
                Refusal::Rejected(rejections) => Ok(refused(of_batch(rejections, &place))),
                Refusal::Failed(error) => Err(failed(error)),
            };
        }
        Err(None) => return Err(who_stopped(all)),
    };
    let results: Result<Vec<BatchResult>> = all.into_iter().map(|seated| seated.outcome).collect();
    Ok(BatchPayload {
        results: results?,
        errors: Vec::new(),
        replayed,
        event_cursor: event_cursor.map(cursor),
    })
}

/// What is wrong with a command, as a part of the batch; the key is that of the whole.
fn of_batch(rejections: Vec<Rejection>, place: &Path) -> Vec<Rejection> {
    let moved = |one: Rejection| match one.problem {
        Problem::KeyReused => one,
        problem => Rejection::new(one.path.moved_to(place), problem),
    };
    rejections.into_iter().map(moved).collect()
}

/// Why a command ended before there was anything to carry out; it says which one.
fn who_stopped(all: Vec<batch::Seated<Result<BatchResult>>>) -> Error {
    let stopped = all.into_iter().enumerate().find(|(_, one)| !one.handed_in);
    match stopped {
        Some((place, one)) => match one.outcome {
            Err(error) => error.extend_with(|_, more| more.set("command", place)),
            Ok(_) => failed(OpError::Internal("a command did not hand in".to_owned())),
        },
        None => failed(OpError::Internal("a batch stopped by itself".to_owned())),
    }
}
