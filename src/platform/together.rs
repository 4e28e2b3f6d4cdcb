//! Questions that many ask at the same time go to the database together.
//!
//! There is no waiting timer. A question that comes alone goes alone and at once; those that come
//! while it is under way share the next one. Nobody is answered by a statement that began before
//! they asked: what was revoked before a question is revoked in its answer.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

/// Questions asked at once, at most.
const TOGETHER_MAX: usize = 1_000;

/// What was found for the keys; a key of nothing is left out.
pub type Found<K, V> = Result<HashMap<K, V>, DbErr>;

type Answer<V> = Result<Option<V>, Arc<DbErr>>;

struct Question<K, V> {
    key: K,
    answer: oneshot::Sender<Answer<V>>,
}

/// Where questions of one kind are asked; clones share it.
pub struct Together<K, V> {
    questions: mpsc::Sender<Question<K, V>>,
}

impl<K, V> Clone for Together<K, V> {
    fn clone(&self) -> Self {
        Self {
            questions: self.questions.clone(),
        }
    }
}

impl<K, V> Together<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Starts asking by `look_up`, which takes different keys; it ends with the last clone.
    #[must_use]
    pub fn start<F>(look_up: F) -> Self
    where
        F: Fn(Vec<K>) -> BoxFuture<'static, Found<K, V>> + Send + 'static,
    {
        let (questions, waiting) = mpsc::channel(TOGETHER_MAX);
        tokio::spawn(answer_all(look_up, waiting));
        Self { questions }
    }

    /// What belongs to the key, if anything does.
    ///
    /// # Errors
    /// The database's, which all who asked together share.
    pub async fn ask(&self, key: K) -> Answer<V> {
        let gone = || Arc::new(DbErr::Custom("nobody answers any more".to_owned()));
        let (answer, answered) = oneshot::channel();
        let question = Question { key, answer };
        let asked = self.questions.send(question).await;
        asked.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn answer_all<K, V, F>(look_up: F, mut waiting: mpsc::Receiver<Question<K, V>>)
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    F: Fn(Vec<K>) -> BoxFuture<'static, Found<K, V>>,
{
    let mut questions = Vec::new();
    while waiting.recv_many(&mut questions, TOGETHER_MAX).await > 0 {
        let keys: HashSet<K> = questions.iter().map(|asked| asked.key.clone()).collect();
        // In a task of its own, so that a panic costs those who asked and not all who will.
        let found = tokio::spawn(look_up(keys.into_iter().collect())).await;
        let found = found
            .unwrap_or_else(|error| Err(DbErr::Custom(error.to_string())))
            .map_err(Arc::new);
        for Question { key, answer } in questions.drain(..) {
            let told = match &found {
                Ok(found) => Ok(found.get(&key).cloned()),
                Err(error) => Err(Arc::clone(error)),
            };
            // Who is gone does not need it.
            let _ = answer.send(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::Notify;

    use super::*;

    type Asked = Arc<Mutex<Vec<Vec<u32>>>>;

    /// Answers with ten times the key, for keys below 100, when it is let; keeps what it was asked.
    fn slow() -> (Together<u32, u32>, Arc<Notify>, Asked) {
        let (let_go, asked) = (Arc::new(Notify::new()), Arc::<Mutex<Vec<_>>>::default());
        let (go, kept) = (Arc::clone(&let_go), Arc::clone(&asked));
        let together = Together::start(move |mut keys: Vec<u32>| {
            keys.sort_unstable();
            kept.lock().expect("no panic").push(keys.clone());
            let go = Arc::clone(&go);
            Box::pin(async move {
                go.notified().await;
                if keys.contains(&13) {
                    return Err(DbErr::Custom("thirteen".to_owned()));
                }
                assert!(!keys.contains(&666), "a panic");
                let known = keys.into_iter().filter(|key| *key < 100);
                Ok(known.map(|key| (key, key * 10)).collect())
            })
        });
        (together, let_go, asked)
    }

    #[tokio::test]
    async fn who_asks_while_one_is_under_way_shares_the_next() {
        let (together, go, asked) = slow();
        let first = tokio::spawn({
            let together = together.clone();
            async move { together.ask(1).await }
        });
        while asked.lock().expect("no panic").is_empty() {
            tokio::task::yield_now().await;
        }
        let later = [1, 2, 2, 200].map(|key| {
            let together = together.clone();
            tokio::spawn(async move { together.ask(key).await })
        });
        while together.questions.capacity() > TOGETHER_MAX - 4 {
            tokio::task::yield_now().await;
        }
        go.notify_one();
        assert_eq!(first.await.expect("it ends").expect("found"), Some(10));
        go.notify_one();
        let mut answers = Vec::new();
        for one in later {
            answers.push(one.await.expect("it ends").expect("found"));
        }
        assert_eq!(answers, [Some(10), Some(20), Some(20), None]);
        let asked = asked.lock().expect("no panic").clone();
        assert_eq!(asked, [vec![1], vec![1, 2, 200]], "never an earlier answer");
    }

    #[tokio::test]
    async fn an_error_and_a_panic_reach_who_asked_and_nobody_later() {
        let (together, go, _) = slow();
        for key in [13, 666] {
            go.notify_one();
            assert!(together.ask(key).await.is_err(), "{key}");
        }
        go.notify_one();
        assert_eq!(together.ask(7).await.expect("found"), Some(70));
    }
}
