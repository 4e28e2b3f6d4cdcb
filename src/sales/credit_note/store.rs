//! The rows of credit notes and their lines.

use entity::sales::{credit_note, credit_note_line};
use entity::vocab::{CreditNoteId, CustomerReturnId, InvoiceId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::sales::credit_note, CreditNoteId);
referable!(
    entity::sales::credit_note,
    CreditNoteId,
    "credit note",
    number(Number)
);
loader_of_many!(
    /// Asks for the lines of a credit note.
    LinesOf(CreditNoteId),
    entity::sales::credit_note_line, CreditNoteId(|row| Some(row.credit_note_id)),
    by Position
);
loader_of_many!(
    /// Asks for the credit notes on an invoice.
    CreditNotesOf(InvoiceId),
    entity::sales::credit_note, InvoiceId(|row| Some(row.invoice_id)),
    by Id
);

loader_of_many!(
    /// Asks for the credit notes of a return.
    CreditNotesOfReturn(CustomerReturnId),
    entity::sales::credit_note, CustomerReturnId(|row| row.customer_return_id),
    by Id
);

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// Writes a new credit note and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    row: credit_note::Model,
    lines: Vec<credit_note_line::Model>,
) -> Result<(), DbErr> {
    credit_note::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await?;
    for rows in lines.chunks(ROWS_MAX) {
        let rows = rows.iter().map(|row| row.clone().into_active_model());
        credit_note_line::Entity::insert_many(rows)
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

/// Whether a credit note credits a return.
///
/// # Errors
/// The database's.
pub async fn is_credited(conn: &impl ConnectionTrait, id: CustomerReturnId) -> Result<bool, DbErr> {
    let found = credit_note::Entity::find()
        .filter(credit_note::Column::CustomerReturnId.eq(id))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// The credit notes of a customer, or all, for a list.
#[must_use]
pub fn all() -> Select<credit_note::Entity> {
    credit_note::Entity::find()
}
