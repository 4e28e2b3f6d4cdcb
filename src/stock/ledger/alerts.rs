//! The alerts of a book: raised and cleared when a command ends, each once for each crossing.

use std::collections::{BTreeMap, BTreeSet};

use entity::stock::{stock_alert, stock_level};
use entity::vocab::{StockAlertId, StockAlertKind};
use serde::{Deserialize, Serialize};

use super::book::{Book, LevelKey};
use super::posting::Posting;
use crate::platform::event::NewEvent;
use crate::stock::alert::rules::{Turn, turns};
use crate::stock::policy::rules::Policy;

/// The kind of the event that an alert was raised.
pub const ALERT_RAISED: &str = "stock_alert.raised";
/// The kind of the event that an alert was cleared.
pub const ALERT_CLEARED: &str = "stock_alert.cleared";
const SCHEMA_VERSION: i16 = 1;

/// The facts of both events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFacts {
    /// The alert after the event, never a later state.
    pub alert: stock_alert::Model,
}

/// What is open, and what is to be written.
#[derive(Clone, Debug, Default)]
pub(super) struct Alerts {
    open: BTreeMap<(LevelKey, StockAlertKind), stock_alert::Model>,
    /// Those that were there before.
    known: BTreeSet<StockAlertId>,
    written: BTreeMap<StockAlertId, stock_alert::Model>,
}

impl Alerts {
    /// The open alerts of the levels of a book.
    pub(super) fn of(open: Vec<stock_alert::Model>) -> Self {
        let known = open.iter().map(|row| row.id).collect();
        let key = |row: &stock_alert::Model| ((row.variant_id, row.warehouse_id), row.kind);
        Self {
            known,
            open: open.into_iter().map(|row| (key(&row), row)).collect(),
            ..Self::default()
        }
    }

    /// What is to be written: those that were there before, and new ones.
    pub(super) fn written(&self) -> (Vec<&stock_alert::Model>, Vec<&stock_alert::Model>) {
        let is_known = |row: &&stock_alert::Model| self.known.contains(&row.id);
        self.written.values().partition(is_known)
    }

    /// Raises and clears what a level's change brings; what there is to tell of it.
    fn follow(
        &mut self,
        posting: Posting,
        before: &stock_level::Model,
        after: &stock_level::Model,
    ) -> Vec<NewEvent> {
        let key = (after.variant_id, after.warehouse_id);
        let turns = turns(|kind| self.open.contains_key(&(key, kind)), before, after);
        let mut events = Vec::with_capacity(turns.len());
        for turn in turns {
            let (kind, row) = match turn {
                Turn::Clear { kind, quantity } => {
                    let mut row = self
                        .open
                        .remove(&(key, kind))
                        .expect("only what is open is cleared");
                    row.cleared_quantity = Some(quantity);
                    row.cleared_by = Some(posting.operation_id);
                    row.cleared_at = Some(posting.now.max(row.raised_at));
                    (ALERT_CLEARED, row)
                }
                Turn::Raise {
                    kind,
                    quantity,
                    threshold,
                } => {
                    let is_moment = kind == StockAlertKind::BackInStock;
                    let row = stock_alert::Model {
                        id: StockAlertId::generate(),
                        variant_id: key.0,
                        warehouse_id: key.1,
                        kind,
                        quantity,
                        threshold,
                        operation_id: posting.operation_id,
                        raised_at: posting.now,
                        cleared_quantity: is_moment.then_some(quantity),
                        cleared_by: is_moment.then_some(posting.operation_id),
                        cleared_at: is_moment.then_some(posting.now),
                    };
                    if !is_moment {
                        self.open.insert((key, kind), row.clone());
                    }
                    (ALERT_RAISED, row)
                }
            };
            events.push(event(kind, &row, posting));
            self.written.insert(row.id, row);
        }
        events
    }
}

fn event(kind: &'static str, row: &stock_alert::Model, posting: Posting) -> NewEvent {
    let facts = AlertFacts { alert: row.clone() };
    NewEvent {
        operation_id: posting.operation_id,
        kind,
        schema_version: SCHEMA_VERSION,
        subject_id: row.variant_id.0,
        facts: serde_json::to_string(&facts).expect("numbers and texts always serialize"),
    }
}

impl Book {
    /// With the open alerts of its levels.
    #[must_use]
    pub(super) fn with_alerts(mut self, open: Vec<stock_alert::Model>) -> Self {
        self.alerts = Alerts::of(open);
        self
    }

    /// Raises and clears what a level's change brings.
    pub(super) fn alert(
        &mut self,
        posting: Posting,
        before: &stock_level::Model,
        after: &stock_level::Model,
    ) {
        let events = self.alerts.follow(posting, before, after);
        self.events.extend(events);
    }

    /// Gives a level another policy, and raises or clears at once what follows from it.
    pub fn set_policy(&mut self, posting: Posting, key: LevelKey, policy: Policy) {
        let entry = self
            .levels
            .get_mut(&key)
            .expect("every level that a command names was loaded");
        let before = entry.now.clone();
        let level = &mut entry.now;
        level.minimum = policy.minimum;
        level.maximum = policy.maximum;
        level.reorder_point = policy.reorder_point;
        level.safety_stock = policy.safety_stock;
        level.policy_version += 1;
        let after = level.clone();
        self.policies.insert(key);
        self.alert(posting, &before, &after);
    }
}
