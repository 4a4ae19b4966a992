/// Where appointments take place: a branch, a practice, a training ground.
public enum Location {}

extension ImportSource {
    /// Rows of `locations.csv`.
    public static let locations = "locations.csv"
}
