//! The company's row.

use chrono_tz::Tz;
use entity::identity::company;
use entity::vocab::CurrencyCode;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait};
use serde::{Deserialize, Serialize};

use crate::platform::app::Company;
use crate::platform::clock;
use crate::platform::db::Db;

/// What the books are opened with; later changes of these settings change nothing.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompanySettings {
    /// The company's name.
    pub name: String,
    /// ISO 4217 code of the currency the books are kept in.
    pub base_currency: String,
    /// IANA name of the time zone that decides which business day a moment belongs to.
    pub time_zone: String,
}

impl Default for CompanySettings {
    fn default() -> Self {
        Self {
            name: "Stockroom".to_owned(),
            base_currency: "EUR".to_owned(),
            time_zone: "UTC".to_owned(),
        }
    }
}

/// Why the company cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CompanyError {
    /// The currency is not one in use.
    #[error("company.base_currency: {0:?} is not an ISO 4217 currency code; use one such as EUR")]
    Currency(String),
    /// The time zone is not known.
    #[error("company.time_zone: {0:?} is not an IANA time zone; use one such as Europe/Berlin")]
    TimeZone(String),
    /// The database said no.
    #[error("cannot read the company: {0}")]
    Database(#[from] DbErr),
}

fn constants(currency: &str, zone: &str) -> Result<Company, CompanyError> {
    let base_currency =
        CurrencyCode::parse(currency).ok_or_else(|| CompanyError::Currency(currency.to_owned()))?;
    let time_zone: Tz = zone
        .parse()
        .map_err(|_| CompanyError::TimeZone(zone.to_owned()))?;
    Ok(Company {
        base_currency,
        time_zone,
    })
}

/// Opens the books at the first start; afterwards reads what they were opened with.
///
/// # Errors
/// [`CompanyError`].
pub async fn open(db: &Db, settings: &CompanySettings) -> Result<Company, CompanyError> {
    constants(&settings.base_currency, &settings.time_zone)?;
    let first = company::ActiveModel {
        id: Set(1),
        name: Set(settings.name.clone()),
        base_currency: Set(settings.base_currency.clone()),
        time_zone: Set(settings.time_zone.clone()),
        created_at: Set(clock::now()),
    };
    company::Entity::insert(first)
        .on_conflict(
            OnConflict::column(company::Column::Id)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db.writer())
        .await?;
    let row = company::Entity::find_by_id(1_i16).one(db.writer()).await?;
    let row = row.expect("it was inserted, or was there before");
    constants(&row.base_currency, &row.time_zone)
}
