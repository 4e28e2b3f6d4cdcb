//! Finding records by words: in any order, by their beginnings, and in scripts without spaces.
//!
//! A record's texts are cut into terms, which stand in one table with an index that serves a range
//! per word, alike in both databases: words as they are (in their key form), and each run of
//! Chinese, Japanese or Korean characters as its single characters and its pairs.

use std::collections::BTreeSet;

use entity::platform::search_term::{ActiveModel, Column, Entity};
use entity::vocab::SearchKind;
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait,
    QueryFilter,
};
use uuid::Uuid;

use super::text_key::text_key;

/// Terms of a record, at most.
const TERMS_MAX: usize = 200;
/// Characters of a term, at most.
const TERM_LENGTH_MAX: usize = 40;
/// Words of a search, at most.
const WORDS_MAX: usize = 10;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    /// Letters and digits up to the next space or sign.
    Word(String),
    /// Characters of a script that has no spaces.
    Characters(Vec<char>),
}

/// Han, Kana, Hangul.
fn has_no_spaces(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut fresh = true;
    for c in text_key(text).chars() {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        match (runs.last_mut(), has_no_spaces(c)) {
            (Some(Run::Characters(run)), true) if !fresh => run.push(c),
            (Some(Run::Word(word)), false) if !fresh => {
                if word.chars().count() < TERM_LENGTH_MAX {
                    word.push(c);
                }
            }
            (_, true) => runs.push(Run::Characters(vec![c])),
            (_, false) => runs.push(Run::Word(c.to_string())),
        }
        fresh = false;
    }
    runs
}

/// The terms of a record's texts.
fn terms<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for run in texts.into_iter().flat_map(runs) {
        match run {
            Run::Word(word) => {
                terms.insert(word);
            }
            Run::Characters(run) => {
                terms.extend(run.iter().map(ToString::to_string));
                terms.extend(run.windows(2).map(|pair| pair.iter().collect()));
            }
        }
    }
    terms.into_iter().take(TERMS_MAX).collect()
}

/// What a search asks for: beginnings of words, and whole characters or pairs.
fn wanted(search: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut beginnings, mut whole) = (BTreeSet::new(), BTreeSet::new());
    for run in runs(search) {
        match run {
            Run::Word(word) => {
                beginnings.insert(word);
            }
            Run::Characters(run) if run.len() == 1 => {
                whole.insert(run[0].to_string());
            }
            Run::Characters(run) => {
                whole.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
            }
        }
    }
    (beginnings, whole)
}

/// The condition that a record, by its id column, has all words of a search.
///
/// # Errors
/// A text for the caller when there is nothing to search for, or too much.
pub fn matching<C: ColumnTrait>(
    kind: SearchKind,
    id: C,
    search: &str,
) -> Result<Condition, String> {
    let (beginnings, whole) = wanted(search);
    let count = beginnings.len() + whole.len();
    if count == 0 {
        return Err("search needs at least one letter or digit.".to_owned());
    }
    if count > WORDS_MAX {
        return Err(format!("search takes at most {WORDS_MAX} words."));
    }
    let beginnings = beginnings.into_iter().map(|word| {
        let end = format!("{word}{}", char::MAX);
        Column::Term.gte(word).and(Column::Term.lt(end))
    });
    let whole = whole.into_iter().map(|term| Column::Term.eq(term));
    let found = beginnings.chain(whole).map(|term| {
        let records = Query::select()
            .column(Column::RecordId)
            .from(Entity)
            .and_where(Column::RecordKind.eq(kind))
            .and_where(term)
            .to_owned();
        id.in_subquery(records)
    });
    Ok(found.fold(Condition::all(), Condition::add))
}

/// Writes the terms of records in place of what was there; two statements, however many records.
///
/// # Errors
/// The database's.
pub async fn index<'t, T: IntoIterator<Item = &'t str>>(
    conn: &impl ConnectionTrait,
    kind: SearchKind,
    records: impl IntoIterator<Item = (Uuid, T)>,
) -> Result<(), DbErr> {
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for (record_id, texts) in records {
        ids.push(record_id);
        rows.extend(terms(texts).into_iter().map(|term| ActiveModel {
            record_kind: Set(kind),
            term: Set(term),
            record_id: Set(record_id),
        }));
    }
    Entity::delete_many()
        .filter(Column::RecordId.is_in(ids))
        .filter(Column::RecordKind.eq(kind))
        .exec(conn)
        .await?;
    for rows in rows.chunks(5_000) {
        Entity::insert_many(rows.to_vec())
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(search: &str, text: &str) -> bool {
        let there = terms([text]);
        let (beginnings, whole) = wanted(search);
        let begins = |word: &String| there.iter().any(|term| term.starts_with(word.as_str()));
        beginnings.iter().all(begins) && whole.iter().all(|term| there.contains(term))
    }

    #[test]
    fn words_are_found_in_any_order_by_their_beginnings() {
        assert!(finds("anna caf", "Café Anna, Wien") || finds("anna café", "Café Anna, Wien"));
        assert!(finds("WIEN ann", "Café Anna, Wien"));
        assert!(!finds("nna", "Café Anna"));
        assert!(finds("abc-12", "ABC-123"));
    }

    #[test]
    fn two_chinese_characters_are_found_inside_a_name() {
        assert!(finds("绿茶", "云南绿茶500克"));
        assert!(finds("茶", "云南绿茶"));
        assert!(finds("500克", "云南绿茶500克"));
        assert!(!finds("茶绿", "云南绿茶"));
    }
}
