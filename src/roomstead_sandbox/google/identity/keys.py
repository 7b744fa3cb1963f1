"""RSA keys as PEM text; the library is loaded when a key is first needed, because a start should be quick."""

_BITS = 2048


def generate() -> str:
    """A fresh private key, PKCS #8."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = generate_private_key(65537, _BITS)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_half(private_pem: str) -> str:
    """The public half of a private key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    public = load_pem_private_key(private_pem.encode(), None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def check_public(pem: str) -> str:
    """The public key of a PEM text: a public key or a certificate. Raises ValueError for anything else."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    raw = pem.encode()
    certified = "BEGIN CERTIFICATE" in pem
    public = x509.load_pem_x509_certificate(raw).public_key() if certified else load_pem_public_key(raw)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
