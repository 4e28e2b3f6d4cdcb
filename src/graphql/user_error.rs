//! What the business says no with: typed, with a code, and the path of the input field.

use async_graphql::{Enum, ID, Interface, SimpleObject};

use super::scalars::{Date, Decimal, Money};
use crate::platform::rejection::{Problem, Rejection};

/// What kind of error it is; the documentation says of each what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ErrorCode {
    /// The value is not acceptable; the message says what would be.
    Invalid,
    /// There is no such record, or it is not visible to the caller.
    NotFound,
    /// The record is archived.
    Archived,
    /// The value must be unique and is taken.
    Duplicate,
    /// Too little stock is available.
    InsufficientStock,
    /// The order does not fit in what is left of the customer's credit limit.
    CreditLimit,
    /// The document is in a state that does not allow it.
    InvalidState,
    /// The books are locked for the day.
    PeriodLocked,
    /// What the caller expected is no longer so.
    Stale,
    /// The idempotency key was used with another input.
    IdempotencyKeyReused,
    /// Somebody who may approve it, and had no part in it, has to do it.
    ApprovalRequired,
    /// The caller lacks the scope to set this field.
    FieldForbidden,
}

/// Something in the input that the caller can mend. Nothing was changed.
#[derive(Clone, Debug, Interface)]
#[graphql(
    field(name = "code", ty = "&ErrorCode", desc = "What kind of error it is."),
    field(
        name = "message",
        ty = "&String",
        desc = "What is wrong, and what to do, in English."
    ),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The input field it is about, such as [\"input\", \"lines\", \"2\", \"quantity\"]."
    )
)]
pub enum UserError {
    /// Without further facts.
    Input(InputError),
    /// A taken value.
    Duplicate(DuplicateError),
    /// Too little stock.
    InsufficientStock(InsufficientStockError),
    /// Too little left of a credit limit.
    CreditLimit(CreditLimitError),
    /// A state that does not allow it.
    InvalidState(InvalidStateError),
    /// A day for which the books are locked.
    PeriodLocked(PeriodLockedError),
    /// An expectation that no longer holds.
    StaleQuantity(StaleQuantityError),
    /// A record that has changed meanwhile.
    StaleVersion(StaleVersionError),
}

/// A value that is not acceptable; code and message say why.
#[derive(Clone, Debug, SimpleObject)]
pub struct InputError {
    /// What kind of error it is.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
}

/// A value that must be unique is taken.
#[derive(Clone, Debug, SimpleObject)]
pub struct DuplicateError {
    /// Always DUPLICATE.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// The id of the record that has the value.
    existing: ID,
}

/// Too little stock is available for the whole command.
#[derive(Clone, Debug, SimpleObject)]
pub struct InsufficientStockError {
    /// Always INSUFFICIENT_STOCK.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// The id of the variant.
    variant: ID,
    /// The id of the warehouse; null when several were asked and all together lack it.
    warehouse: Option<ID>,
    /// How much the whole command asks for, in the base unit.
    requested: Decimal,
    /// How much is available, in the base unit.
    available: Decimal,
}

/// The order does not fit in what is left of the customer's credit limit. All amounts are in the
/// company's currency.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreditLimitError {
    /// Always CREDIT_LIMIT.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// Up to what the customer may go.
    limit: Money,
    /// What is open on its account; below zero when it has credit.
    open_balance: Money,
    /// What it has ordered in confirmed orders and was not invoiced.
    open_orders: Money,
    /// What is ordered now.
    requested: Money,
}

/// The document is in a state that does not allow it.
#[derive(Clone, Debug, SimpleObject)]
pub struct InvalidStateError {
    /// Always INVALID_STATE.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// The state the document is in.
    state: String,
    /// The mutations that are possible now.
    allowed: Vec<String>,
}

/// The books are locked for the day.
#[derive(Clone, Debug, SimpleObject)]
pub struct PeriodLockedError {
    /// Always PERIOD_LOCKED.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// The last day that is locked.
    locked_through: Date,
}

/// The quantity is no longer the one the caller expected.
#[derive(Clone, Debug, SimpleObject)]
pub struct StaleQuantityError {
    /// Always STALE.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// The quantity that is there now.
    current: Decimal,
}

/// The record has changed since the caller read it.
#[derive(Clone, Debug, SimpleObject)]
pub struct StaleVersionError {
    /// Always STALE.
    code: ErrorCode,
    /// What is wrong, and what to do, in English.
    message: String,
    /// The input field it is about.
    path: Vec<String>,
    /// The version that is stored now.
    current: i64,
}

impl UserError {
    /// What is told where too little is left, of stock or of a credit limit.
    fn too_little(problem: Problem, message: String, path: Vec<String>) -> Self {
        match problem {
            Problem::InsufficientStock {
                variant,
                warehouse,
                requested,
                available,
            } => Self::InsufficientStock(InsufficientStockError {
                code: ErrorCode::InsufficientStock,
                message,
                path,
                variant: ID(variant.to_string()),
                warehouse: warehouse.map(|id| ID(id.to_string())),
                requested: requested.into(),
                available: available.into(),
            }),
            Problem::CreditLimit {
                limit,
                open_balance,
                open_orders,
                requested,
                currency,
            } => Self::CreditLimit(CreditLimitError {
                code: ErrorCode::CreditLimit,
                message,
                path,
                limit: Money::base(limit, currency),
                open_balance: Money::base(open_balance, currency),
                open_orders: Money::base(open_orders, currency),
                requested: Money::base(requested, currency),
            }),
            _ => Self::Input(InputError {
                code: ErrorCode::Invalid,
                message,
                path,
            }),
        }
    }
}

impl From<Rejection> for UserError {
    fn from(rejection: Rejection) -> Self {
        let message = rejection.problem.to_string();
        let path = rejection.path.steps().to_vec();
        let input = |code| {
            Self::Input(InputError {
                code,
                message: message.clone(),
                path: path.clone(),
            })
        };
        match rejection.problem {
            Problem::Invalid(_) => input(ErrorCode::Invalid),
            Problem::NotFound(_) => input(ErrorCode::NotFound),
            Problem::Archived(_) => input(ErrorCode::Archived),
            Problem::KeyReused => input(ErrorCode::IdempotencyKeyReused),
            Problem::ApprovalRequired(_) => input(ErrorCode::ApprovalRequired),
            Problem::FieldForbidden(_) => input(ErrorCode::FieldForbidden),
            Problem::Duplicate { existing, .. } => Self::Duplicate(DuplicateError {
                code: ErrorCode::Duplicate,
                message,
                path,
                existing: ID(existing),
            }),
            Problem::InsufficientStock { .. } | Problem::CreditLimit { .. } => {
                Self::too_little(rejection.problem, message, path)
            }
            Problem::InvalidState { state, allowed, .. } => Self::InvalidState(InvalidStateError {
                code: ErrorCode::InvalidState,
                message,
                path,
                state: state.to_owned(),
                allowed: allowed.iter().map(ToString::to_string).collect(),
            }),
            Problem::PeriodLocked { through } => Self::PeriodLocked(PeriodLockedError {
                code: ErrorCode::PeriodLocked,
                message,
                path,
                locked_through: Date(through),
            }),
            Problem::StaleVersion { current } => Self::StaleVersion(StaleVersionError {
                code: ErrorCode::Stale,
                message,
                path,
                current,
            }),
            Problem::StaleQuantity { current, .. } => Self::StaleQuantity(StaleQuantityError {
                code: ErrorCode::Stale,
                message,
                path,
                current: current.into(),
            }),
        }
    }
}
