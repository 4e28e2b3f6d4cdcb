//! How demand moves: with the season, over the year, and in the week. In thousandths of an
//! ordinary day.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// An ordinary day.
pub const ORDINARY: i64 = 1_000;

/// When something is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Season {
    /// All the year, a little more before its end.
    Even,
    /// When it is cold.
    Winter,
    /// When it is hot.
    Summer,
    /// Before Christmas, and hardly else.
    Christmas,
}

impl Season {
    /// By its name in the tables.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "even" => Some(Self::Even),
            "winter" => Some(Self::Winter),
            "summer" => Some(Self::Summer),
            "christmas" => Some(Self::Christmas),
            _ => None,
        }
    }

    /// In the middle of each month, from January on.
    fn months(self) -> [i64; 12] {
        match self {
            Self::Even => [
                980, 960, 960, 970, 970, 950, 920, 940, 1_000, 1_050, 1_150, 1_150,
            ],
            Self::Winter => [
                1_250, 1_200, 1_050, 900, 750, 600, 550, 600, 900, 1_200, 1_450, 1_550,
            ],
            Self::Summer => [
                500, 550, 700, 1_000, 1_300, 1_600, 1_700, 1_550, 1_100, 800, 600, 600,
            ],
            Self::Christmas => [
                250, 150, 150, 150, 150, 150, 150, 300, 900, 2_000, 4_200, 3_450,
            ],
        }
    }

    /// How much is bought on a day: between the middles of two months, in a straight line.
    #[must_use]
    pub fn permille(self, day: NaiveDate) -> i64 {
        let months = self.months();
        // Half a month earlier, the middle of a month is its beginning.
        let begun = day.checked_sub_days(Days::new(15)).unwrap_or(day);
        let month = begun.month0() as usize;
        let (from, to) = (months[month], months[(month + 1) % 12]);
        from + (to - from) * i64::from(begun.day0()) / 31
    }
}

/// How much more is bought as the company grows: from nine tenths at the beginning of its history
/// to eleven tenths at the end.
#[must_use]
pub fn trend(day: i64, days: i64) -> i64 {
    900 + 200 * day / days.max(1)
}

/// How much is ordered on a day of the week.
#[must_use]
pub fn week(day: NaiveDate) -> i64 {
    match day.weekday() {
        Weekday::Mon => 1_750,
        Weekday::Tue => 1_450,
        Weekday::Wed => 1_300,
        Weekday::Thu => 1_250,
        Weekday::Fri => 1_050,
        Weekday::Sat => 200,
        Weekday::Sun => 0,
    }
}

/// How many orders come on a day, in thousandths, when so many come on an ordinary one.
#[must_use]
pub fn orders(ordinary: i64, (day, days): (i64, i64), date: NaiveDate) -> i64 {
    let of_year = (Season::Even.permille(date) + Season::Winter.permille(date)) / 2;
    let factors = [of_year, trend(day, days), week(date)];
    factors
        .into_iter()
        .fold(ordinary, |orders, factor| orders * factor / ORDINARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Season; 4] = [
        Season::Even,
        Season::Winter,
        Season::Summer,
        Season::Christmas,
    ];

    fn year() -> impl Iterator<Item = NaiveDate> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        first.iter_days().take(365)
    }

    #[test]
    fn over_a_year_every_season_comes_to_about_an_ordinary_year() {
        for season in ALL {
            let mean = year().map(|day| season.permille(day)).sum::<i64>() / 365;
            assert!((930..=1_070).contains(&mean), "{season:?}: {mean}");
        }
        let first = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let mean = first.iter_days().take(7).map(week).sum::<i64>() / 7;
        assert_eq!(mean, ORDINARY);
    }

    #[test]
    fn demand_moves_from_day_to_day_in_small_steps() {
        for season in ALL {
            let days: Vec<i64> = year().map(|day| season.permille(day)).collect();
            let largest = days.windows(2).map(|two| (two[0] - two[1]).abs()).max();
            assert!(largest < Some(250), "{season:?}: {largest:?}");
        }
    }

    #[test]
    fn winter_is_cold_and_summer_is_hot() {
        let on = |month| NaiveDate::from_ymd_opt(2026, month, 15).unwrap();
        assert!(Season::Winter.permille(on(12)) > 2 * Season::Winter.permille(on(7)));
        assert!(Season::Summer.permille(on(7)) > 2 * Season::Summer.permille(on(12)));
        assert!(Season::Christmas.permille(on(11)) > 10 * Season::Christmas.permille(on(6)));
    }

    #[test]
    fn the_company_grows_and_rests_on_sundays() {
        assert!(trend(365, 365) > trend(0, 365));
        let sunday = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(orders(5_000, (10, 365), sunday), 0);
        assert!(orders(5_000, (10, 365), sunday.succ_opt().unwrap()) > 5_000);
    }
}
