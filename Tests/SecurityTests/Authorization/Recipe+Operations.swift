import AlmanacStorage

extension Recipe {
    /// What is about the work of the deployment, and what looks at it as a whole.
    static let operations: [String: Recipe] = [
        "POST /api/v1/jobs/{id}/retry": Recipe(kind: .failedJob),
        "PUT /api/v1/blocked-times/{id}": Recipe(fields: { _, _ in
            [("start", "2027-03-03T12:00:00Z"), ("end", "2027-03-03T13:00:00Z")]
        }),
        "GET /api/v1/bookings/statistics": Recipe(query: { _ in ["from": "2027-03-01", "to": "2027-03-31"] }),
    ]
}
