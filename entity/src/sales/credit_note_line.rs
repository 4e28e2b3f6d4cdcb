//! A line of a credit note.

use crate::vocab::{Amount, CreditNoteId, CreditNoteLineId, InvoiceLineId, Quantity};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a credit note.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "credit_note_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CreditNoteLineId,
    /// The credit note.
    pub credit_note_id: CreditNoteId,
    /// Its place among its siblings, from 1.
    pub position: i32,
    /// The invoice line it takes back from.
    pub invoice_line_id: InvoiceLineId,
    /// How much of the quantity; zero for a mere price reduction.
    pub quantity: Quantity,
    /// Before tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// With tax.
    pub gross: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
