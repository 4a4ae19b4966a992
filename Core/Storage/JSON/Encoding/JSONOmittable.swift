/// A value that ``JSONEncoding`` leaves out, name and all, when it is a field of an object and says so.
package protocol JSONOmittable {
    /// Whether the field is left out.
    var isOmitted: Bool { get }
}
