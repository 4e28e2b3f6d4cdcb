//! The id that ties a request, its log lines and its error messages together.

/// The id of the request at hand, as sent back in `x-request-id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);
