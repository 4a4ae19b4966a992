extension ImportSource {
    /// Rows of `holiday_calendars.csv`.
    public static let holidayCalendars = "holiday_calendars.csv"
}
