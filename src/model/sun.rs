//! How high the sun stands: for light and dark by the sky instead of the clock.
//!
//! Source: J. Meeus, Astronomical Algorithms, 2nd edition, chapter 25 (low accuracy, 0.01°) and equations 12.4 and 13.6;
//! the same as NOAA's solar calculator. Refraction is left out, so sunrise and sunset are at [`SUNSET_DEGREES`].

use jiff::Timestamp;

/// A place on Earth in degrees, north and east positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
}

/// Height of the sun's centre at sunrise and sunset: refraction at the horizon and half the sun's width.
pub const SUNSET_DEGREES: f64 = -0.833;

/// Height of the sun's centre over the horizon in degrees, without refraction.
pub fn elevation_degrees(at: Timestamp, place: Place) -> f64 {
    // Days and centuries since noon on 1 January 2000. The minute between terrestrial and universal time moves the sun
    // by less than a thousandth of a degree.
    let days = (at.as_millisecond() as f64 / 1000.0 - 946_728_000.0) / 86_400.0;
    let t = days / 36_525.0;
    let mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032);
    let anomaly = (357.52911 + t * (35999.05029 - t * 0.0001537)).to_radians();
    let centre = anomaly.sin() * (1.914602 - t * (0.004817 + t * 0.000014))
        + (2.0 * anomaly).sin() * (0.019993 - t * 0.000101)
        + (3.0 * anomaly).sin() * 0.000289;
    let node = (125.04 - 1934.136 * t).to_radians();
    let longitude = (mean_longitude + centre - 0.00569 - 0.00478 * node.sin()).to_radians();
    let seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813));
    let obliquity = (23.0 + (26.0 + seconds / 60.0) / 60.0 + 0.00256 * node.cos()).to_radians();
    let declination = (obliquity.sin() * longitude.sin()).asin();
    let ascension = (obliquity.cos() * longitude.sin()).atan2(longitude.cos());
    let sidereal = 280.46061837 + 360.98564736629 * days;
    let hour_angle = (sidereal + place.longitude).to_radians() - ascension;
    let latitude = place.latitude.to_radians();
    let sine = latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos();
    sine.clamp(-1.0, 1.0).asin().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAI_CHAU: Place = Place { latitude: 22.39, longitude: 103.46 };
    const CIVIL: f64 = -6.0;

    fn height(at: &str, place: Place) -> f64 {
        elevation_degrees(at.parse().unwrap(), place)
    }

    /// Source: PyEphem 4.2.1, centre of the sun, no air.
    #[test]
    fn the_sun_rises_and_sets_when_the_almanac_says() {
        let equator = Place { latitude: 0.0, longitude: 0.0 };
        let oslo = Place { latitude: 59.91, longitude: 10.75 };
        for (place, at, degrees) in [
            (LAI_CHAU, "2026-03-19T23:10:35Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-03-20T11:17:06Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-06-20T22:22:43Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-06-21T11:53:07Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-06-21T12:18:14Z", CIVIL),
            (LAI_CHAU, "2026-11-24T23:24:54Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-11-25T10:21:01Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-11-25T10:44:58Z", CIVIL),
            (LAI_CHAU, "2026-12-22T10:51:59Z", CIVIL),
            (LAI_CHAU, "2031-02-10T10:59:53Z", SUNSET_DEGREES),
            (LAI_CHAU, "2026-11-25T05:00:00Z", 46.832),
            (LAI_CHAU, "2026-06-21T05:00:00Z", 87.898),
            (equator, "2026-03-20T06:04:11Z", SUNSET_DEGREES),
            (equator, "2026-03-20T18:31:21Z", CIVIL),
            (oslo, "2026-06-21T01:53:48Z", SUNSET_DEGREES),
            (oslo, "2026-06-21T20:43:49Z", SUNSET_DEGREES),
        ] {
            let found = height(at, place);
            // 0.05° is 12 seconds of the sun's way.
            assert!((found - degrees).abs() < 0.05, "{at}: {found} instead of {degrees}");
        }
    }

    #[test]
    fn at_the_poles_the_sun_stays_where_the_season_puts_it() {
        for hour in 0..24 {
            let at = format!("2026-06-21T{hour:02}:00:00Z");
            for longitude in [-180.0, 0.0, 103.46, 180.0] {
                let north = height(&at, Place { latitude: 90.0, longitude });
                let south = height(&at, Place { latitude: -90.0, longitude });
                assert!((north - 23.44).abs() < 0.02 && (south + 23.44).abs() < 0.02, "{north} {south}");
            }
        }
    }

    #[test]
    fn any_moment_and_place_gives_a_height_between_nadir_and_zenith() {
        for second in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            for (latitude, longitude) in [(0.0, 0.0), (90.0, 180.0), (-90.0, -180.0), (22.39, 103.46)] {
                let found = elevation_degrees(second, Place { latitude, longitude });
                assert!((-90.0..=90.0).contains(&found), "{found}");
            }
        }
    }
}
