//! Why the business says no, and what went wrong on our side.

use std::fmt;

use chrono::NaiveDate;
use entity::vocab::{Amount, CurrencyCode, ProductVariantId, Quantity, WarehouseId};

/// The place of a value in an input, for example `input.lines.2.quantity`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// The mutation's one argument.
    #[must_use]
    pub fn input() -> Self {
        Self(vec!["input".to_owned()])
    }

    /// The place of a field, or of an item by its index, inside this one.
    #[must_use]
    pub fn at(&self, step: impl fmt::Display) -> Self {
        let mut steps = self.0.clone();
        steps.push(step.to_string());
        Self(steps)
    }

    /// The same place where the whole input stands at another place.
    #[must_use]
    pub fn moved_to(&self, place: &Self) -> Self {
        let inside = self.0.iter().skip(1).cloned();
        Self(place.0.iter().cloned().chain(inside).collect())
    }

    /// Its steps.
    #[must_use]
    pub fn steps(&self) -> &[String] {
        &self.0
    }
}

/// What is the matter, with the facts that a client needs to act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A value is not acceptable; the text says why and what would be.
    #[error("{0}")]
    Invalid(String),
    /// What the value refers to does not exist, or is not visible to the caller.
    #[error("There is no such {0}. Check the reference, or create it first.")]
    NotFound(&'static str),
    /// What the value refers to is archived.
    #[error("This {0} is archived and cannot be used in new documents. Choose another one.")]
    Archived(&'static str),
    /// A value that must be unique is taken.
    #[error("This {field} is already taken by {existing}. Choose another one, or use that record.")]
    Duplicate {
        /// Which field.
        field: &'static str,
        /// The id of the record that has it.
        existing: String,
    },
    /// Too little stock is available.
    #[error(
        "Only {available} of the {requested} requested are available. Order less, choose another \
         warehouse, or allow backorders."
    )]
    InsufficientStock {
        /// Of what.
        variant: ProductVariantId,
        /// Where; none when several warehouses were asked and all together lack it.
        warehouse: Option<WarehouseId>,
        /// How much the whole command asks for.
        requested: Quantity,
        /// How much there is.
        available: Quantity,
    },
    /// The order does not fit in what is left of the customer's credit limit.
    #[error(
        "Orders for {} would pass the customer's credit limit of {}: {} are open and {} are \
         ordered. Collect a payment, order less, place the order on hold with onCreditLimit: HOLD, \
         or have the limit raised.",
        requested.in_currency(*currency), limit.in_currency(*currency),
        open_balance.in_currency(*currency), open_orders.in_currency(*currency)
    )]
    CreditLimit {
        /// Up to what the customer may go.
        limit: Amount,
        /// What is open on its account.
        open_balance: Amount,
        /// What it has ordered and was not invoiced.
        open_orders: Amount,
        /// What is ordered now.
        requested: Amount,
        /// The company's currency, which all are in.
        currency: CurrencyCode,
    },
    /// The document is in a state that does not allow it.
    #[error("{message}")]
    InvalidState {
        /// The state it is in.
        state: &'static str,
        /// What can be done now instead.
        allowed: &'static [&'static str],
        /// What to do.
        message: String,
    },
    /// The books are locked for the day.
    #[error(
        "The books are locked through {through}. Give a later date, or have the period opened with \
         periodReopen."
    )]
    PeriodLocked {
        /// The last locked day.
        through: NaiveDate,
    },
    /// The value seen by the caller is no longer the one that is stored.
    #[error("The quantity is {current} by now, not {expected}. Read it again, then decide.")]
    StaleQuantity {
        /// What the caller expected.
        expected: Quantity,
        /// What is there.
        current: Quantity,
    },
    /// The record has changed since the caller read it.
    #[error("The record is at version {current} by now. Read it again, then decide.")]
    StaleVersion {
        /// The version that is stored.
        current: i64,
    },
    /// The idempotency key was used for something else.
    #[error(
        "This idempotency key was already used with another input. Use a new key for a new command."
    )]
    KeyReused,
    /// Somebody else has to approve it.
    #[error("{0}")]
    ApprovalRequired(String),
    /// The caller may not set this field.
    #[error("Setting this needs the scope {0}. Leave it out, or use a token that has the scope.")]
    FieldForbidden(&'static str),
}

/// One reason for a refusal, and the input field it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The input field.
    pub path: Path,
    /// What is the matter.
    pub problem: Problem,
}

impl Rejection {
    /// A rejection at a place.
    #[must_use]
    pub fn new(path: Path, problem: Problem) -> Self {
        Self { path, problem }
    }

    /// A value that is not acceptable.
    #[must_use]
    pub fn invalid(path: Path, message: impl Into<String>) -> Self {
        Self::new(path, Problem::Invalid(message.into()))
    }
}

/// What a caller cannot mend by changing the input.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpError {
    /// No valid token was given.
    #[error("Sign in first: send the header \"Authorization: Bearer <token>\".")]
    Unauthenticated,
    /// The token lacks a scope.
    #[error("This needs the scope {0}, which the token does not have.")]
    Forbidden(&'static str),
    /// The user has to choose a password of its own first.
    #[error("Choose a password of your own first: call passwordChange.")]
    PasswordChangeRequired,
    /// Too much is going on; nothing was changed.
    #[error("The server is too busy at the moment; nothing was changed. Try again shortly.")]
    Busy,
    /// The answer to COMMIT was lost, and it could not be looked up.
    #[error(
        "The database was lost while this was being stored, so it is stored or it is not. Send the \
         same again with the same idempotencyKey: it is done once. Without a key, look first."
    )]
    OutcomeUnknown,
    /// It is stored, but the database was lost before its answer could be read.
    #[error(
        "This is stored, but the database was lost before the answer could be read. Send the same \
         again with the same idempotencyKey: it is not done again, and answered. Without a key, \
         look for it."
    )]
    AnswerLost,
    /// Something went wrong on our side. The inside text is for the log alone.
    #[error("Something went wrong on our side.")]
    Internal(String),
}

impl OpError {
    /// The code in `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::PasswordChangeRequired => "PASSWORD_CHANGE_REQUIRED",
            Self::Busy => "UNAVAILABLE",
            Self::OutcomeUnknown | Self::AnswerLost => "OUTCOME_UNKNOWN",
            Self::Internal(_) => "INTERNAL",
        }
    }
}

impl From<sea_orm::DbErr> for OpError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Internal(error.to_string())
    }
}
