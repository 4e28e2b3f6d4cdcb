//! Which media type an answer has, by the request's Accept header.

use actix_web::http::header::{self, HeaderMap};

/// A media type in which we answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status tells whether the request was good.
    GraphqlResponse,
    /// `application/json`: a well-formed request gets 200, whatever its document is.
    Json,
}

impl Media {
    /// The value for Content-Type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn subtype(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "graphql-response+json",
            Self::Json => "json",
        }
    }
}

/// Whether the caller wants a stream of server-sent events: it names that type, and no other of
/// ours that it likes as much.
pub fn wants_events(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let events = ranges.iter().find(|range| {
        range.kind.eq_ignore_ascii_case("text")
            && range.subtype.eq_ignore_ascii_case("event-stream")
    });
    let Some(events) = events.filter(|range| range.quality > 0) else {
        return false;
    };
    let named = [Media::Json, Media::GraphqlResponse]
        .into_iter()
        .filter_map(|media| {
            best(&ranges, media)
                .filter(|range| range.exactness == 2)
                .map(|range| range.quality)
        });
    named.max().is_none_or(|quality| quality < events.quality)
}

/// The type that the caller likes best, or `None` when it takes neither.
///
/// Without the header, or with `*/*`, it is JSON, as clients from before the specification expect.
pub fn negotiate(headers: &HeaderMap) -> Option<Media> {
    let ranges = ranges(headers);
    if ranges.is_empty() {
        return Some(Media::Json);
    }
    // Among types of one quality the one named more exactly wins, then the one named first.
    [Media::Json, Media::GraphqlResponse]
        .into_iter()
        .filter_map(|media| best(&ranges, media).map(|range| (media, range)))
        .filter(|(_, range)| range.quality > 0)
        .min_by_key(|(_, range)| {
            (
                u16::MAX - range.quality,
                u8::MAX - range.exactness,
                range.place,
            )
        })
        .map(|(media, _)| media)
}

fn ranges(headers: &HeaderMap) -> Vec<Range<'_>> {
    headers
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .enumerate()
        .filter_map(|(place, text)| Range::parse(text, place))
        .collect()
}

/// One element of an Accept header.
#[derive(Clone, Copy)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths.
    quality: u16,
    /// 0 for `*/*`, 1 for `application/*`, 2 for a full name.
    exactness: u8,
    place: usize,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str, place: usize) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut quality = 1000;
        for parameter in parts {
            let Some((name, value)) = parameter.split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                quality = thousandths(value);
            } else if name.eq_ignore_ascii_case("charset") && !is_utf8(value) {
                // We answer in UTF-8 only, so this range asks for what we do not have.
                return None;
            }
        }
        let exactness = u8::from(kind != "*") + u8::from(subtype != "*");
        Some(Self {
            kind,
            subtype,
            quality,
            exactness,
            place,
        })
    }

    fn covers(&self, media: Media) -> bool {
        let kind = self.kind == "*" || self.kind.eq_ignore_ascii_case("application");
        kind && (self.subtype == "*" || self.subtype.eq_ignore_ascii_case(media.subtype()))
    }
}

/// The range that speaks for a type: the most exact one, so that `type;q=0` excludes it.
fn best<'a>(ranges: &[Range<'a>], media: Media) -> Option<Range<'a>> {
    ranges
        .iter()
        .filter(|range| range.covers(media))
        .max_by_key(|range| (range.exactness, range.quality))
        .copied()
}

fn thousandths(value: &str) -> u16 {
    match value.parse::<f32>() {
        // In range, so the conversion loses nothing that counts.
        Ok(quality) if (0.0..=1.0).contains(&quality) => (quality * 1000.0).round() as u16,
        _ => 1000,
    }
}

/// Whether this is a name of UTF-8.
pub fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn chosen(accept: &'static str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        negotiate(&headers)
    }

    #[test]
    fn the_liked_type_is_chosen() {
        let both = "application/graphql-response+json, application/json;q=0.9";
        assert_eq!(negotiate(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(chosen("*/*"), Some(Media::Json));
        assert_eq!(chosen("application/*"), Some(Media::Json));
        assert_eq!(chosen(both), Some(Media::GraphqlResponse));
        assert_eq!(chosen("application/json, */*;q=0.1"), Some(Media::Json));
        assert_eq!(
            chosen("application/graphql-response+json;q=0.5, */*"),
            Some(Media::Json)
        );
        assert_eq!(
            chosen("application/graphql-response+json, */*"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(
            chosen("application/json;q=0, */*"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(
            chosen("application/graphql-response+json, application/json"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(
            chosen("application/json, application/graphql-response+json"),
            Some(Media::Json)
        );
    }

    #[test]
    fn what_we_do_not_have_is_not_chosen() {
        assert_eq!(chosen("text/html"), None);
        assert_eq!(chosen("application/json;q=0"), None);
    }
}
