/// The holidays of a region, to which providers subscribe.
public enum HolidayCalendar {}
