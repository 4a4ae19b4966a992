internal import AlmanacKernel

/// What the plugin keeps about people.
enum BookingsPersonalData {
    static let tables: [PersonalData] = [
        PersonalData(
            BookingsSchema.claim, by: "resource_id", of: BookingsSchema.provider, "resource_id", person: "person_id",
            columns: ["reason", "external_id"], context: ["kind", "state", "core_start", "core_end"]),
        PersonalData(
            BookingsSchema.resource, by: "id", of: BookingsSchema.provider, "resource_id", person: "person_id",
            columns: ["name", "source", "external_id"]),
        PersonalData(
            BookingsSchema.resourceAttribute, by: "resource_id", of: BookingsSchema.provider, "resource_id",
            person: "person_id", columns: ["name", "value"], erasure: .removesRows),
        PersonalData(
            BookingsSchema.bookingResource, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["name"], context: ["booking_id", "role"]),
        PersonalData(
            SessionSchema.resource, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["name"], context: ["session_id", "role"]),
        PersonalData(
            BookingsSchema.booking, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["provider_name"], context: ["number", "status", "start_at", "end_at"]),
        PersonalData(
            BookingsSchema.bookingChange, by: "booking_id", of: BookingsSchema.booking, person: "customer_person_id",
            columns: ["reason"], context: ["kind", "from_start", "to_start", "changed_at"]),
        PersonalData(
            BookingsSchema.booking, person: "customer_person_id",
            columns: ["customer_name", "notes", "customer_address", "external_id"],
            context: [
                "number", "status", "start_at", "end_at", "local_date", "local_time", "time_zone", "event_type_name",
                "price_amount", "price_currency", "created_at",
            ]),
        PersonalData(
            SeriesSchema.series, person: "customer_person_id", columns: [],
            context: ["time_zone", "start_local", "rule", "added", "excluded", "created_at"]),
        PersonalData(
            QuestionSchema.answers, by: "booking_id", of: BookingsSchema.booking, person: "customer_person_id",
            columns: ["answers"], context: ["booking_id", "asked", "changed_at"]),
        PersonalData(
            AttendeeSchema.attendee, by: "booking_id", of: BookingsSchema.booking, person: "customer_person_id",
            columns: ["name", "email", "email_key", "locale", "time_zone", "answers"],
            context: ["booking_id", "status", "created_at"]),
        PersonalData(
            ReviewSchema.review, by: "booking_id", of: BookingsSchema.booking, person: "customer_person_id",
            columns: ["text", "hidden_reason"], context: ["booking_id", "rating", "created_at"]),
        PersonalData(
            ReviewSchema.review, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["reply"], context: ["booking_id", "replied_at"]),
        // Nobody acts for somebody who was erased, nor as them.
        PersonalData(
            GuardianSchema.guardian, person: "guardian_person_id", columns: [],
            context: ["relation", "granted_by", "created_at", "revoked_at"], erasure: .removesRows),
        PersonalData(
            GuardianSchema.guardian, person: "ward_person_id", columns: [],
            context: ["relation", "granted_by", "created_at", "revoked_at"], erasure: .removesRows),
        // Nobody reaches the booking of somebody who was erased.
        PersonalData(
            GuestSchema.access, by: "booking_id", of: BookingsSchema.booking, person: "customer_person_id",
            columns: [], context: ["created_at", "revoked_at"], erasure: .removesRows),
        PersonalData(
            BookingsSchema.hold, person: "customer_person_id", columns: [],
            context: ["start_at", "end_at", "expires_at", "ended_at", "created_at"]),
        PersonalData(
            WaitlistSchema.access, by: "entry_id", of: WaitlistSchema.entry, person: "customer_person_id",
            columns: [], context: ["created_at"], erasure: .removesRows),
        PersonalData(
            WaitlistSchema.entry, person: "customer_person_id",
            columns: ["weekdays", "start_time", "end_time", "from_date", "to_date", "time_zone"],
            context: ["status", "created_at", "settled_at"], erasure: .removesRows),
        PersonalData(
            BookingsSchema.provider, person: "person_id",
            columns: ["name", "bio", "time_zone", "source", "external_id"], context: ["created_at"]),
        // Nobody reads any more of somebody who was erased, whatever they have given out.
        PersonalData(
            CalendarSchema.feed, person: "person_id", columns: [], context: ["created_at", "fetched_at"],
            erasure: .removesRows),
        PersonalData(
            CalendarSchema.source, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["host", "secrets", "failure_detail"],
            context: ["kind", "created_at", "attempted_at", "verified_at"], erasure: .removesRows),
        PersonalData(
            CalendarSchema.event, person: "owner_person_id", columns: ["title", "description", "place"],
            context: ["start_at", "end_at", "time_zone", "created_at"], erasure: .removesRows),
        PersonalData(
            CalendarSchema.participant, person: "person_id", columns: [], context: ["event_id", "answer"],
            erasure: .removesRows),
        PersonalData(
            CalendarSchema.discovery, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["host", "secrets", "failure_detail"], context: ["created_at", "expires_at"],
            erasure: .removesRows),
        PersonalData(
            BookingsSchema.providerStay, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["from_date", "to_date", "time_zone"], erasure: .removesRows),
        PersonalData(
            BookingsSchema.providerAbsence, by: "provider_id", of: BookingsSchema.provider, person: "person_id",
            columns: ["from_date", "to_date", "reason"], erasure: .removesRows),
        PersonalData(
            BookingsSchema.customer, person: "person_id", columns: ["source", "external_id"], context: ["created_at"]),
    ]
}
