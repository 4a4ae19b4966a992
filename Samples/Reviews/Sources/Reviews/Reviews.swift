public import AlmanacKernel
internal import AlmanacSurface
internal import BookingsAPI

extension PluginID {
    /// This plugin.
    public static let reviews: PluginID = "reviews"
}

extension Permission {
    /// Write a review of a booking.
    public static let writeReview = Permission("reviews:write")
    /// Read reviews.
    public static let readReviews = Permission("reviews:read")
}

/// Customers review their bookings.
public struct Reviews: Plugin {
    /// What an operator may set.
    public struct Settings: PluginSettings {
        /// How many reviews earn the discount.
        public let reviewsForDiscount: Int
        /// The discount in percent; 0 turns it off.
        public let discountPercent: Int

        /// Reads the settings.
        public init(from read: inout SettingsReader) throws {
            self.reviewsForDiscount = read(
                "reviewsForDiscount", "How many reviews a customer writes to get the discount", in: 1...100, default: 3)
            self.discountPercent = read(
                "discountPercent", "The discount in percent; 0 turns it off", in: 0...50, default: 0)
        }
    }

    /// What is known without an instance.
    public static let declaration = Declaration(
        id: .reviews, version: "1.0.0", summary: "Customers review their bookings", needs: [.bookings],
        migrations: [Review.migration], events: [ReviewWritten.self],
        permissions: [
            PermissionDeclaration(
                .writeReview, "Write a review of a booking", roles: [.customer: .own, .admin: .organization]),
            PermissionDeclaration(
                .readReviews, "Read reviews",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
        ],
        personalData: [PersonalData(Review.table, person: "author_id", columns: ["text"])])

    let settings: Settings
    let kernel: Kernel<Self>
    let bookings: any BookingLookup

    /// Makes the plugin.
    public init(settings: Settings, kernel: Kernel<Self>) throws {
        self.settings = settings
        self.kernel = kernel
        self.bookings = try kernel.require(.bookingLookup)
    }

    /// Everything it adds.
    public var contributions: Contributions {
        Endpoint.post("/reviews", self.writeReview, "Reviews a booking")
        Endpoint.get("/reviews", self.listReviews, "Lists reviews, newest first")
        self.console
        if self.settings.discountPercent > 0 { self.loyaltyDiscount }
    }
}
