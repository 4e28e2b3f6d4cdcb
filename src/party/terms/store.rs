//! The rows of payment terms.

use entity::party::{payment_terms, payment_terms_instalment};
use entity::vocab::PaymentTermsId;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

use super::ops::Instalment;
use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::master::master;

loader_by_id!(entity::party::payment_terms, PaymentTermsId);
master!(
    entity::party::payment_terms,
    PaymentTermsId,
    "payment terms",
    code_key(CodeKey) = "code"
);

loader_of_many!(
    /// The instalments of payment terms.
    InstalmentsOf(PaymentTermsId), entity::party::payment_terms_instalment,
    PaymentTermsId(|row| Some(row.payment_terms_id)), by Position
);

/// All payment terms, for a list.
#[must_use]
pub fn all() -> sea_orm::Select<payment_terms::Entity> {
    payment_terms::Entity::find()
}

/// Writes instalments in place of those before.
///
/// # Errors
/// The database's.
pub async fn replace_instalments(
    conn: &impl ConnectionTrait,
    id: PaymentTermsId,
    instalments: &[Instalment],
) -> Result<(), DbErr> {
    use payment_terms_instalment::{Column, Entity, Model};
    Entity::delete_many()
        .filter(Column::PaymentTermsId.eq(id))
        .exec(conn)
        .await?;
    let rows = instalments.iter().enumerate().map(|(index, one)| {
        let row = Model {
            payment_terms_id: id,
            position: i32::try_from(index + 1).expect("there are few instalments"),
            share: one.share,
            days: one.days,
            is_end_of_month: one.is_end_of_month,
        };
        row.into_active_model()
    });
    Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}
