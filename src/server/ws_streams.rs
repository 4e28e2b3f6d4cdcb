//! The running operations of a connection, each asked in its turn.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use async_graphql::{Response, parser::types::OperationType};
use futures_util::{StreamExt, stream::BoxStream};

/// One running operation.
struct Running {
    id: String,
    kind: OperationType,
    is_fresh: bool,
    responses: BoxStream<'static, Response>,
}

/// What an operation yielded.
pub struct Yielded {
    /// Which operation.
    pub id: String,
    /// What the operation is.
    pub kind: OperationType,
    /// Whether this is the first it yields.
    pub is_first: bool,
    /// The response, or `None` at its end.
    pub response: Option<Response>,
}

/// The operations, in a ring: after one has yielded, the next one is asked first, so that one which
/// always has something cannot starve the others.
#[derive(Default)]
pub struct Streams {
    ring: Vec<Running>,
    next: usize,
}

impl Streams {
    /// Adds an operation.
    pub fn add(
        &mut self,
        id: String,
        kind: OperationType,
        responses: BoxStream<'static, Response>,
    ) {
        self.ring.push(Running {
            id,
            kind,
            is_fresh: true,
            responses,
        });
    }

    /// Ends an operation.
    pub fn remove(&mut self, id: &str) {
        if let Some(place) = self.ring.iter().position(|running| running.id == id) {
            self.remove_at(place);
        }
    }

    /// Ends all.
    pub fn clear(&mut self) {
        self.ring.clear();
        self.next = 0;
    }

    /// Waits for what some operation yields; for ever, if there is none.
    pub async fn next(&mut self) -> Yielded {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Yielded> {
        for step in 0..self.ring.len() {
            let place = (self.next + step) % self.ring.len();
            let running = &mut self.ring[place];
            let Poll::Ready(response) = running.responses.poll_next_unpin(context) else {
                continue;
            };
            let is_first = std::mem::take(&mut running.is_fresh);
            let (id, kind) = (running.id.clone(), running.kind);
            self.next = place + 1;
            if response.is_none() {
                self.remove_at(place);
            }
            return Poll::Ready(Yielded {
                id,
                kind,
                is_first,
                response,
            });
        }
        Poll::Pending
    }

    /// Keeps the order of the others, and whose turn it is.
    fn remove_at(&mut self, place: usize) {
        self.ring.remove(place);
        if place < self.next {
            self.next -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::*;

    fn endless() -> BoxStream<'static, Response> {
        stream::repeat_with(Response::default).boxed()
    }

    fn turn(streams: &mut Streams) -> String {
        streams
            .next()
            .now_or_never()
            .map(|yielded| yielded.id)
            .unwrap_or_default()
    }

    #[test]
    fn everyone_has_a_turn() {
        let mut streams = Streams::default();
        for id in ["a", "b", "c"] {
            streams.add(id.to_owned(), OperationType::Subscription, endless());
        }
        let turns: Vec<String> = (0..4).map(|_| turn(&mut streams)).collect();
        assert_eq!(turns, ["a", "b", "c", "a"]);
        streams.remove("a");
        assert_eq!(turn(&mut streams), "b");
        streams.remove("c");
        assert_eq!(turn(&mut streams), "b");
    }

    #[test]
    fn an_operation_that_ends_is_told_once() {
        let mut streams = Streams::default();
        streams.add(
            "a".to_owned(),
            OperationType::Query,
            stream::empty().boxed(),
        );
        let end = streams.next().now_or_never().expect("the end is ready");
        assert!(end.response.is_none() && end.is_first);
        assert!(streams.next().now_or_never().is_none());
    }
}
