-- Keys, references and indexes over the rows that are there.

ALTER TABLE categories ADD PRIMARY KEY (id), ADD UNIQUE (slug);
ALTER TABLE categories ADD FOREIGN KEY (parent_id) REFERENCES categories;

ALTER TABLE products ADD PRIMARY KEY (id), ADD UNIQUE (sku);
CREATE INDEX products_title_words ON products USING gin (title gin_trgm_ops);

ALTER TABLE product_categories ADD PRIMARY KEY (product_id, category_id);
ALTER TABLE product_categories ADD FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE;
ALTER TABLE product_categories ADD FOREIGN KEY (category_id) REFERENCES categories;

ALTER TABLE product_prices ADD PRIMARY KEY (product_id, valid_from);
ALTER TABLE product_prices ADD FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE;

ALTER TABLE product_manuals ADD PRIMARY KEY (product_id, language);
ALTER TABLE product_manuals ADD FOREIGN KEY (product_id) REFERENCES products;

ALTER TABLE warehouses ADD PRIMARY KEY (id);

ALTER TABLE inventory ADD PRIMARY KEY (product_id, warehouse_id);
ALTER TABLE inventory ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE inventory ADD FOREIGN KEY (warehouse_id) REFERENCES warehouses;

ALTER TABLE customers ADD PRIMARY KEY (id), ADD UNIQUE (email);

ALTER TABLE addresses ADD PRIMARY KEY (id);
ALTER TABLE addresses ADD FOREIGN KEY (customer_id) REFERENCES customers;
CREATE INDEX addresses_of_customer ON addresses (customer_id);

ALTER TABLE orders ADD PRIMARY KEY (id, placed_at);
ALTER TABLE orders ADD UNIQUE (reference, placed_at);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;

ALTER TABLE order_items ADD PRIMARY KEY (order_id, line);
ALTER TABLE order_items ADD FOREIGN KEY (order_id, placed_at) REFERENCES orders;
ALTER TABLE order_items ADD FOREIGN KEY (product_id) REFERENCES products;

ALTER TABLE payments ADD PRIMARY KEY (id);
ALTER TABLE payments ADD FOREIGN KEY (order_id, placed_at) REFERENCES orders;
CREATE INDEX payments_of_order ON payments (order_id);

ALTER TABLE shipments ADD PRIMARY KEY (id);
ALTER TABLE shipments ADD FOREIGN KEY (order_id, placed_at) REFERENCES orders;
ALTER TABLE shipments ADD FOREIGN KEY (warehouse_id) REFERENCES warehouses;

ALTER TABLE reviews ADD PRIMARY KEY (id);
ALTER TABLE reviews ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE reviews ADD FOREIGN KEY (customer_id) REFERENCES customers;

ALTER TABLE sessions ADD PRIMARY KEY (id), ADD UNIQUE (token);
ALTER TABLE sessions ADD FOREIGN KEY (customer_id) REFERENCES customers;

ALTER TABLE audit_log ADD PRIMARY KEY (id);
