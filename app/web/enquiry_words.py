"""The words of enquiries."""

from app.domain.enquiries import EnquiryInterest, EnquiryState, EnquiryStep, EnquiryTopic

TOPICS = {
    EnquiryTopic.SALES: "Sales: what we offer, and what it costs",
    EnquiryTopic.SUPPORT: "Support: something does not work, or you need help",
}
INTERESTS = {
    EnquiryInterest.LOCATIONS: "Addresses for 999 calls",
    EnquiryInterest.NUMBERS: "Numbers, new or brought along",
    EnquiryInterest.API: "Connecting your own programs",
    EnquiryInterest.PRICES: "Prices and contracts",
    EnquiryInterest.PRIVACY: "Personal information that we hold",
    EnquiryInterest.OTHER: "Something else",
}
STATES = {
    EnquiryState.OPEN: ("yellow", "Open"),
    EnquiryState.ANSWERED: ("green", "Answered"),
    EnquiryState.CLOSED: ("grey", "Closed"),
}
STEPS = {
    EnquiryStep.ANSWERED: "answered",
    EnquiryStep.NOTED: "noted",
    EnquiryStep.CLOSED: "closed it",
    EnquiryStep.OBJECTED: "objected to its use: nobody writes to them any more",
}
NOTHING = {
    None: "No enquiry is kept. What people ask by “Contact us”, at the foot of every page, stands here.",
    EnquiryState.OPEN: "Nobody waits for an answer. What people ask by “Contact us” stands here until you answer it.",
    EnquiryState.ANSWERED: "Nothing was answered yet. Answered enquiries stand here until they are closed.",
    EnquiryState.CLOSED: "Nothing was closed yet. Closed enquiries stand here until they are erased.",
}
