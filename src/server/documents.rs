//! Documents that have come before, parsed: a client sends the same few again and again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::ExecutableDocument;
use lru::LruCache;

/// Documents that are kept; beyond, those go that were not asked for the longest.
const KEPT: NonZeroUsize = NonZeroUsize::new(256).expect("more than none");
/// A longer document is parsed each time, so that what is kept has a bound.
const BYTES_MAX: usize = 8 * 1024;

/// The parsed documents of one server; clones share them.
#[derive(Clone)]
pub struct Documents(Arc<Mutex<LruCache<String, Arc<ExecutableDocument>>>>);

impl Default for Documents {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(KEPT))))
    }
}

impl Documents {
    /// The document of this text, if it came before and was within the limits.
    pub fn get(&self, text: &str) -> Option<ExecutableDocument> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(text).map(Arc::clone);
        drop(kept);
        found.as_deref().cloned()
    }

    /// Keeps a document that is within the limits. A mutation with a text in it is not kept: that
    /// may be a password, and the next one will have another.
    pub fn keep(&self, text: &str, document: &ExecutableDocument) {
        let may_have_secrets = text.contains('"') && text.contains("mutation");
        if text.len() > BYTES_MAX || may_have_secrets {
            return;
        }
        let document = Arc::new(document.clone());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(text.to_owned(), document);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn keep(documents: &Documents, text: &str) {
        documents.keep(text, &parse_query(text).expect("it is a document"));
    }

    #[test]
    fn a_document_is_parsed_once_and_a_mutation_with_a_text_each_time() {
        let documents = Documents::default();
        let (asked, told) = ("{ a(b: \"c\") }", "mutation { b(c: \"secret\") }");
        for text in [asked, told] {
            assert!(documents.get(text).is_none());
            keep(&documents, text);
        }
        assert!(documents.get(asked).is_some());
        assert!(documents.get(told).is_none());
    }

    #[test]
    fn no_more_are_kept_than_have_room() {
        let documents = Documents::default();
        keep(&documents, "{ first }");
        for number in 0..KEPT.get() {
            keep(&documents, &format!("{{ a{number} }}"));
        }
        assert!(documents.get("{ first }").is_none());
        assert!(documents.get("{ a0 }").is_some());
        let long = format!("{{ {} }}", "a ".repeat(BYTES_MAX));
        keep(&documents, &long);
        assert!(documents.get(&long).is_none());
    }
}
